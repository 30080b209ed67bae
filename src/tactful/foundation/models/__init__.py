from tactful.foundation.models.audit import Audit, AuditPayload
from tactful.foundation.models.base import Row, Spell
from tactful.foundation.models.business import BusinessSetting, Departed, Instance, SecretValue
from tactful.foundation.models.keys import ApiKey, GivenAnswer
from tactful.foundation.models.limits import RateWindow
from tactful.foundation.models.setting_up import FirstRun, Invitation
from tactful.foundation.models.staff import WORKING, Role, User

__all__ = [
    "WORKING",
    "ApiKey",
    "Audit",
    "AuditPayload",
    "BusinessSetting",
    "Departed",
    "FirstRun",
    "GivenAnswer",
    "Instance",
    "Invitation",
    "RateWindow",
    "Role",
    "Row",
    "SecretValue",
    "Spell",
    "User",
]
