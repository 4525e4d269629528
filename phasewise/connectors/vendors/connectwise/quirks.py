"""What ConnectWise PSA does that nobody would expect, as its guides and the clients of others tell it."""

from __future__ import annotations

from phasewise.connectors.base import Quirk

QUIRKS = (
    Quirk(
        "25 a page",
        "A list without a page size is cut at 25 rows, one of more than 1,000 at 1,000, both without a word.",
        "test_a_page_size_is_always_asked_for_and_never_more_than_a_thousand",
    ),
    Quirk(
        "forward-only pages",
        "With `pagination-type: forward-only` the next page is what lies behind an id (`pageId`), no order "
        "may be asked for, and an empty `Link` header is the end.",
        "test_pages_go_forward_behind_an_id_and_ask_for_no_order",
    ),
    Quirk(
        "lists without forward-only pages",
        "Some lists do not know that way and answer without any `Link` header: the same page would come for "
        "ever.",
        "test_a_list_that_does_not_page_forward_is_asked_for_in_the_order_of_ids",
    ),
    Quirk(
        "conditions on every page",
        "A page that is asked for without the conditions of the first is a page of everything.",
        "test_every_page_is_asked_for_with_the_same_conditions",
    ),
    Quirk(
        "lastUpdated stands inside",
        "Lists are filtered by `lastUpdated`, in square brackets, and tell it as `_info.lastUpdated` alone; "
        "so is the date a ticket was made (`_info.dateEntered`).",
        "test_a_window_is_asked_for_in_square_brackets_and_in_utc",
    ),
    Quirk(
        "two hosts",
        "na.myconnectwise.net is for people, api-na.myconnectwise.net for programs.",
        "test_the_address_of_the_browser_leads_to_the_interface",
    ),
    Quirk(
        "an address that moves",
        "The path of the interface holds the version (v2025_1/) and changes with every upgrade, maybe in the "
        "middle of a run.",
        "test_an_upgrade_in_the_middle_of_a_run_is_followed",
    ),
    Quirk(
        "an unknown company is null",
        "Asked for the interface of a company that it does not know, a region answers 200 and `null`.",
        "test_a_wrong_region_says_so",
    ),
    Quirk(
        "no clientId, no answer",
        "Every request needs the header clientId, which ConnectWise gives an integration, beside the keys.",
        "test_the_client_id_and_the_version_go_with_every_request",
    ),
    Quirk(
        "0 minutes is not yet",
        "respondMinutes and resolveMinutes are 0 until the promise is met, and when it took no time.",
        "test_no_minutes_are_not_yet_and_no_time",
    ),
    Quirk(
        "one verdict for three promises",
        "isInSla says whether all of response, plan and resolution were kept, and not which was not.",
        "test_a_broken_promise_does_not_say_which",
    ),
    Quirk(
        "slaStatus is for people",
        "Its deadline has no year, and day and month in the order of the server's country.",
        "test_the_text_of_the_sla_is_not_read",
    ),
    Quirk(
        "statuses are the board's own",
        "A name means one thing on one board and another on the next.",
        "test_a_status_means_what_its_board_says",
    ),
    Quirk(
        "merged tickets",
        "A merged ticket stays in the list, closed, and leads to its parent.",
        "test_a_merged_ticket_is_merged_and_not_closed",
    ),
    Quirk(
        "an empty list for want of a right",
        "A role without a right is answered 403, or with an empty list.",
        "test_an_empty_list_is_named_in_the_check",
    ),
    Quirk(
        "deleted companies",
        "A deleted company stays in the list with deletedFlag; of all else nothing says that it was deleted.",
        "test_a_deleted_company_is_gone",
    ),
    Quirk(
        "dates as midnights",
        "A date is written as a midnight in UTC, which west of Greenwich is the evening before.",
        "test_a_date_is_the_date_that_is_written",
    ),
    Quirk(
        "sentences for a history",
        "The audit trail has no fields for values: a sentence says what changed.",
        "test_a_sentence_that_is_not_understood_rejects_its_trail",
    ),
    Quirk(
        "costs as texts",
        'Some numbers are texts, dates of tickets are texts, and empty ones are "".',
        "test_empty_texts_are_no_dates_and_no_numbers",
    ),
    Quirk(
        "an activity has a calendar entry",
        "An activity stands in both lists; a meeting of three members has three entries.",
        "test_a_meeting_counts_once",
    ),
    Quirk(
        "schedule entries without a time",
        "An entry for a day, without a time, begins at midnight in UTC.",
        "test_an_entry_for_a_day_has_no_time",
    ),
)
