"""Signing in, and what belongs to it. Only what is named here can be reached.

The names that lead nowhere are asked for by allauth's own views, which build links to them.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from allauth.usersessions import views as sessions
from django.urls import path

from tactful.web.signin import ends_other_sessions, in_our_zone, keeps_a_way_in, not_here
from tactful.web.views.invitation import invitation

NOT_HERE = {
    "account_signup": "signup/",
    "account_email": "email/",
    "account_email_verification_sent": "confirm-email/",
    "account_set_password": "password/set/",
    "account_confirm_login_code": "login/code/confirm/",
    "account_request_login_code": "login/code/",
}
urlpatterns = [
    path("login/", in_our_zone(account.login), name="account_login"),
    path("invitation/<str:token>/", in_our_zone(invitation), name="invitation"),
    path("logout/", in_our_zone(account.logout), name="account_logout"),
    path("inactive/", in_our_zone(account.account_inactive), name="account_inactive"),
    path("reauthenticate/", in_our_zone(account.reauthenticate), name="account_reauthenticate"),
    path(
        "password/change/",
        in_our_zone(ends_other_sessions(account.password_change)),
        name="account_change_password",
    ),
    path("sessions/", in_our_zone(sessions.list_usersessions), name="usersessions_list"),
    path("2fa/", in_our_zone(mfa.index), name="mfa_index"),
    path("2fa/authenticate/", in_our_zone(mfa.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", in_our_zone(mfa.reauthenticate), name="mfa_reauthenticate"),
    path(
        "2fa/totp/activate/", in_our_zone(ends_other_sessions(totp.activate_totp)), name="mfa_activate_totp"
    ),
    path(
        "2fa/totp/deactivate/",
        in_our_zone(ends_other_sessions(totp.deactivate_totp)),
        name="mfa_deactivate_totp",
    ),
    path("2fa/recovery-codes/", in_our_zone(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        in_our_zone(ends_other_sessions(codes.generate_recovery_codes)),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        in_our_zone(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("2fa/webauthn/", in_our_zone(keys.list_webauthn), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", in_our_zone(ends_other_sessions(keys.add_webauthn)), name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", in_our_zone(keys.login_webauthn), name="mfa_login_webauthn"),
    path(
        "2fa/webauthn/reauthenticate/",
        in_our_zone(keys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<int:pk>/remove/",
        in_our_zone(keeps_a_way_in(ends_other_sessions(keys.remove_webauthn))),
        name="mfa_remove_webauthn",
    ),
    path("2fa/webauthn/keys/<int:pk>/edit/", in_our_zone(keys.edit_webauthn), name="mfa_edit_webauthn"),
    *(path(route, not_here, name=name) for name, route in NOT_HERE.items()),
]
