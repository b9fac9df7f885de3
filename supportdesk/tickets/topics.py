"""What a request can be about, and whose question that is."""

from enum import StrEnum

from flask_babel import lazy_gettext as _


class Topic(StrEnum):
    SIGN_IN = "sign-in"
    ACCOUNT = "account"
    NOTIFICATIONS = "notifications"
    TECHNICAL = "technical"
    PRIVACY = "privacy"
    FEEDBACK = "feedback"
    OTHER = "other"
    APPOINTMENT = "appointment"
    BILLING = "billing"
    REFILL = "refill"
    REFERRAL = "referral"
    MEDICAL = "medical"
    FINANCIAL_AID = "financial-aid"

    @property
    def is_for_clinic(self) -> bool:
        return self in CLINIC_TOPICS

    @property
    def label(self) -> str:
        return str(LABELS[self])


CLINIC_TOPICS = (
    Topic.APPOINTMENT,
    Topic.BILLING,
    Topic.REFILL,
    Topic.REFERRAL,
    Topic.MEDICAL,
    Topic.FINANCIAL_AID,
)
DESK_TOPICS = tuple(topic for topic in Topic if topic not in CLINIC_TOPICS)

LABELS = {
    Topic.SIGN_IN: _("Password or sign-in"),
    Topic.ACCOUNT: _("Invitation, sign-up or username"),
    Topic.NOTIFICATIONS: _("Alerts and emails"),
    Topic.TECHNICAL: _("A page that will not work"),
    Topic.PRIVACY: _("Privacy and security"),
    Topic.FEEDBACK: _("Idea or comment"),
    Topic.OTHER: _("Something else"),
    Topic.APPOINTMENT: _("Appointments"),
    Topic.BILLING: _("Bills"),
    Topic.REFILL: _("Prescription refills"),
    Topic.REFERRAL: _("Referrals"),
    Topic.MEDICAL: _("Medical questions"),
    Topic.FINANCIAL_AID: _("Financial aid"),
}
