"""What Syncro does that nobody would expect: from its documentation, or seen by others on live accounts."""

from __future__ import annotations

from phasewise.connectors.base import Quirk

QUIRKS = (
    Quirk(
        "the page size is its own",
        "It cannot be asked for, and it differs from list to list and from the documentation: where 25 are "
        "written, 50 or 100 come.",
        "test_pages_of_any_size_are_read_to_the_end",
    ),
    Quirk(
        "most lists tell no total",
        "Only the number of pages. A row that was deleted while we page would hide another one.",
        "test_a_row_deleted_between_pages_hides_no_other_one",
    ),
    Quirk(
        "lists without meta",
        "The documented answers of schedules, assets and users have no `meta` at all.",
        "test_a_list_without_meta_ends_with_an_empty_page",
    ),
    Quirk(
        "a missing right looks like a wrong key",
        "Both are answered with 401; only the text names the permissions.",
        "test_a_401_that_names_permissions_is_a_missing_right",
    ),
    Quirk(
        "errors in every form",
        "error, errors, message, success: false; as text, list or object; some with status 200.",
        "test_an_error_of_any_form_is_no_data",
    ),
    Quirk(
        "disabled customers are left out",
        "Unless `include_disabled` is sent; without it a customer who left would look deleted.",
        "test_a_disabled_customer_is_read_and_gone",
    ),
    Quirk(
        "resolved alerts are left out",
        "The list of alerts holds the active ones unless `status=all` is sent.",
        "test_resolved_alerts_are_asked_for",
    ),
    Quirk(
        "an alert names its ticket by number",
        "`ticket_number` is the number people know: taken for an id it would name another ticket.",
        "test_the_ticket_of_an_alert_is_looked_up_by_its_number",
    ),
    Quirk(
        "no time of resolution",
        "A resolved alert tells only when it was last changed, which may be later than its resolution.",
        "test_a_resolved_alert_was_over_when_it_was_last_changed",
    ),
    Quirk(
        "users are pairs",
        "The list of users holds [id, name] and has no pages.",
        "test_users_are_pairs_and_each_is_asked_for",
    ),
    Quirk(
        "comments left out of lists",
        "Since March 2026 the list of tickets shows the first comment only.",
        "test_comments_are_read_from_the_ticket_itself",
    ),
    Quirk(
        "timers are filtered by creation",
        "There is no list of timers changed since: one that is stopped or corrected later would be missed.",
        "test_timers_of_two_weeks_are_read_again",
    ),
    Quirk(
        "running timers",
        "A timer that was not stopped has no end, and no length.",
        "test_a_running_timer_is_no_working_time_yet",
    ),
    Quirk(
        "amounts in three forms",
        'Invoices write texts ("64.99"), payments numbers of dollars, schedules numbers of cents.',
        "test_amounts_are_exact_in_every_form",
    ),
    Quirk(
        "lines that count for themselves",
        "A line of a schedule may count assets when the invoice is made: its quantity is not what is billed.",
        "test_a_line_that_counts_assets_has_no_quantity_and_its_agreement_no_amount",
    ),
    Quirk(
        "one payment, several invoices",
        "How an amount is split among its invoices is not told.",
        "test_a_payment_of_several_invoices_names_none",
    ),
    Quirk(
        "dates are midnights",
        "A date comes as a midnight, in UTC or with the account's offset: read as an instant it is the day "
        "before in half of the world.",
        "test_a_date_is_the_day_that_is_written",
    ),
    Quirk(
        "patches without pages",
        "Of missing patches only the first page can be read: that nothing is missing is not sure then.",
        "test_nobody_says_that_an_asset_is_patched_without_having_seen_all",
    ),
    Quirk(
        "no customer is 0",
        "An alert without a customer has customer_id 0.",
        "test_a_customer_of_number_zero_is_none",
    ),
)
