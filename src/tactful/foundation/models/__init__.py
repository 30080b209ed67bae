from tactful.foundation.models.audit import Audit, AuditPayload
from tactful.foundation.models.base import Row, Spell
from tactful.foundation.models.business import BusinessSetting, Instance, SecretValue
from tactful.foundation.models.keys import ApiKey, GivenAnswer
from tactful.foundation.models.limits import RateWindow
from tactful.foundation.models.staff import Role, User

__all__ = [
    "ApiKey",
    "Audit",
    "AuditPayload",
    "BusinessSetting",
    "GivenAnswer",
    "Instance",
    "RateWindow",
    "Role",
    "Row",
    "SecretValue",
    "Spell",
    "User",
]
