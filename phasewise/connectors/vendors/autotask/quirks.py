"""What Autotask does that nobody would expect."""

from __future__ import annotations

from phasewise.connectors.base import Quirk

QUIRKS = (
    Quirk(
        "zones",
        "Every database lives in a zone with an address of its own, which is asked for by the user's name. "
        "An unknown user is answered with 500. A database may move: then its keys are refused at the old "
        "address.",
        "test_a_database_that_moved_is_found_again",
    ),
    Quirk(
        "the next page is a POST",
        "`nextPageUrl` must be asked with the verb and the body of the first page; with GET it is refused, "
        "with another body it lists other rows.",
        "test_the_next_page_is_asked_with_the_same_verb_and_the_same_body",
    ),
    Quirk(
        "500 for mistakes",
        "A filter that is wrong, a field that is not there and a right that is missing are all 500 with "
        "`errors`, like the vendor's own failures.",
        "test_a_500_with_a_reason_is_told_and_not_asked_again",
    ),
    Quirk(
        "rights that hide",
        "Without the right to an entity the answer is 500; without the line of business of a row the row is "
        "left out without a word.",
        "test_a_right_that_is_missing_is_named_though_the_answer_is_500",
    ),
    Quirk(
        "three threads an endpoint",
        "A fourth request at a time at one endpoint is refused, and a place is free only a little after the "
        "answer. Links are written in another case than the addresses asked for.",
        "test_no_endpoint_is_asked_more_than_two_things_at_a_time",
    ),
    Quirk(
        "an hour of the whole database",
        "10,000 requests an hour for all integrations together; from half of it on every answer is slower.",
        "test_phasewise_takes_less_than_half_of_the_hour",
    ),
    Quirk(
        "a history by exactly one ticket",
        "The query of TicketHistory takes one condition, on the ticket, and nothing beside it.",
        "test_a_history_is_asked_with_one_condition_and_nothing_else",
    ),
    Quirk(
        "a history in free text",
        "What a row of TicketHistory looks like is documented nowhere.",
        "test_a_history_in_an_unknown_form_is_a_reject_and_no_quiet_ticket",
    ),
    Quirk(
        "two times of change",
        "Notes and work move a ticket's `lastActivityDate`, changes of its fields "
        "`lastTrackedModificationDateTime`.",
        "test_a_change_of_a_field_alone_is_found",
    ),
    Quirk(
        "numbers and texts",
        "The values of a picklist are texts, those in the rows are numbers.",
        "test_labels_are_found_though_their_values_are_texts",
    ),
    Quirk(
        "dates as midnights",
        "A field that is a date comes as midnight UTC and means that date, in whatever zone.",
        "test_a_date_stays_the_date_it_is_in_every_zone",
    ),
    Quirk(
        "the company 0",
        "The MSP itself is the company of id 0; a filter on ids above 0 leaves it out.",
        "test_the_own_company_is_listed_and_internal",
    ),
    Quirk(
        "verdicts too early",
        "Whether `isResolutionMet` is false or empty before a promise is due is not documented.",
        "test_a_false_verdict_before_its_time_is_no_miss",
    ),
    Quirk(
        "tickets opened again",
        "Whether a ticket that is opened again keeps `resolvedDateTime` and `completedDate` is documented "
        "nowhere.",
        "test_a_ticket_that_is_open_again_is_not_resolved",
    ),
    Quirk(
        "items before their invoice",
        "A billing item is posted before it has an invoice; read by its own date, late ones would be lost.",
        "test_the_lines_of_an_invoice_come_however_early_they_were_posted",
    ),
    Quirk(
        "user-defined fields",
        "They come with every row as a list of names and texts, whatever is in them.",
        "test_nothing_but_the_fields_we_read_leaves_autotask",
    ),
    Quirk(
        "units by period",
        "A contract's service names its price; how many are billed stands in a row for each period.",
        "test_the_units_of_todays_period_are_billed",
    ),
)
