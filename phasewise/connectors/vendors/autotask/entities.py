"""The entities that are read, and which of their fields: no other one leaves Autotask.

Names of people, addresses, descriptions and user-defined fields are not asked for. Field names are those of
the vendor's own interface description.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity of Autotask.

    Attributes:
        name: as in its address.
        fields: what is asked of it.
        changed: its times of change; a window holds a row where it holds one of them.
        labelled: fields whose picklist labels travel with the payload.
        together: names of the entities that a stream needs together, where it is more than this one.
    """

    name: str
    fields: tuple[str, ...]
    changed: tuple[str, ...] = ()
    labelled: tuple[str, ...] = ()
    together: str = ""

    @property
    def right(self) -> str:
        """What the security level of the API user needs."""
        return f"security level of the API user: view {self.together or self.name}"


def _fields(names: str) -> tuple[str, ...]:
    return tuple(names.split())


TICKETS = Entity(
    "Tickets",
    _fields(
        "id ticketNumber title companyID contactID assignedResourceID configurationItemID contractID "
        "problemTicketId projectID ticketType issueType subIssueType priority source queueID status "
        "createDate completedDate lastActivityDate lastTrackedModificationDateTime rmmAlertID "
        "serviceLevelAgreementID firstResponseDateTime firstResponseDueDateTime "
        "firstResponseInitiatingResourceID resolvedDateTime resolvedDueDateTime"
    ),
    changed=("lastActivityDate", "lastTrackedModificationDateTime"),
    labelled=_fields("ticketType issueType subIssueType priority source queueID status"),
)
SLA_RESULTS = Entity(
    "ServiceLevelAgreementResults",
    _fields(
        "id ticketID serviceLevelAgreementName isFirstResponseMet firstResponseElapsedHours isResolutionMet "
        "resolutionElapsedHours"
    ),
)
HISTORY = Entity("TicketHistory", (), together="Tickets and TicketHistory")
"""All fields: this entity takes one condition and nothing else."""
COMPANIES = Entity(
    "Companies",
    _fields("id companyName companyType classification isActive createDate lastActivityDate "
            "lastTrackedModifiedDateTime"),
    changed=("lastActivityDate", "lastTrackedModifiedDateTime"),
    labelled=_fields("companyType classification"),
)  # fmt: skip
RESOURCES = Entity(
    "Resources",
    _fields("id firstName lastName title isActive licenseType internalCost"),
    labelled=_fields("licenseType"),
)
TIME_ENTRIES = Entity(
    "TimeEntries",
    _fields(
        "id ticketID taskID resourceID contractID billingCodeID internalBillingCodeID startDateTime "
        "hoursWorked isNonBillable createDateTime lastModifiedDateTime"
    ),
    changed=("lastModifiedDateTime", "createDateTime"),
)
BILLING_CODES = Entity("BillingCodes", _fields("id name"))
CONTRACTS = Entity(
    "Contracts",
    _fields(
        "id companyID contractName contractType contractCategory contractPeriodType startDate endDate status"
    ),
    labelled=_fields("contractType contractCategory contractPeriodType status"),
)
CONTRACT_SERVICES = Entity(
    "ContractServices", _fields("id contractID serviceID unitPrice unitCost invoiceDescription")
)
CONTRACT_SERVICE_UNITS = Entity(
    "ContractServiceUnits", _fields("id contractID contractServiceID units startDate endDate")
)
CONTRACT_BUNDLES = Entity(
    "ContractServiceBundles", _fields("id contractID serviceBundleID unitPrice invoiceDescription")
)
CONTRACT_BUNDLE_UNITS = Entity(
    "ContractServiceBundleUnits", _fields("id contractID contractServiceBundleID units startDate endDate")
)
SERVICES = Entity("Services", _fields("id name periodType"), labelled=("periodType",))
SERVICE_BUNDLES = Entity("ServiceBundles", _fields("id name periodType"), labelled=("periodType",))
INVOICES = Entity(
    "Invoices",
    _fields(
        "id companyID invoiceNumber invoiceDateTime dueDate paidDate createDateTime invoiceTotal isVoided "
        "voidedDate"
    ),
    changed=("createDateTime",),
)
BILLING_ITEMS = Entity(
    "BillingItems",
    _fields(
        "id invoiceID contractID itemName quantity rate extendedPrice serviceID serviceBundleID "
        "timeEntryID expenseItemID ticketChargeID projectChargeID contractChargeID milestoneID"
    ),
    together="Invoices and BillingItems",
)
OPPORTUNITIES = Entity(
    "Opportunities",
    _fields(
        "id companyID title stage status onetimeRevenue monthlyRevenue quarterlyRevenue semiannualRevenue "
        "yearlyRevenue createDate closedDate lostDate lastActivity"
    ),
    changed=("lastActivity", "createDate"),
    labelled=_fields("stage status"),
)
PROJECTS = Entity(
    "Projects",
    _fields(
        "id companyID projectName projectType status projectLeadResourceID startDateTime endDateTime "
        "completedDateTime createDateTime lastActivityDateTime"
    ),
    changed=("lastActivityDateTime", "createDateTime"),
    labelled=_fields("projectType status"),
)
TASKS = Entity(
    "Tasks",
    _fields("id projectID title status endDateTime completedDateTime createDateTime lastActivityDateTime"),
    changed=("lastActivityDateTime", "createDateTime"),
    labelled=("status",),
)
NOTES = Entity(
    "CompanyNotes",
    _fields(
        "id companyID assignedResourceID actionType startDateTime endDateTime completedDateTime "
        "createDateTime lastModifiedDate note"
    ),
    changed=("lastModifiedDate", "createDateTime"),
    labelled=("actionType",),
)
TO_DOS = Entity(
    "CompanyToDos",
    _fields(
        "id companyID assignedToResourceID actionType startDateTime endDateTime completedDate "
        "createDateTime lastModifiedDate activityDescription"
    ),
    changed=("lastModifiedDate", "createDateTime"),
    labelled=("actionType",),
)
DEVICES = Entity(
    "ConfigurationItems",
    _fields(
        "id companyID configurationItemType referenceTitle serialNumber isActive installDate createDate "
        "lastModifiedTime rmmDeviceID rmmDeviceUID"
    ),
    changed=("lastModifiedTime", "createDate"),
    labelled=("configurationItemType",),
)
SURVEY_RESULTS = Entity(
    "SurveyResults", _fields("id companyID ticketID surveyRating completeDate"), changed=("completeDate",)
)

ENTITIES: dict[str, Entity] = {
    value.name: value for value in tuple(globals().values()) if isinstance(value, Entity)
}
"""Every entity above, by name: each is an endpoint with threads of its own."""
