"""What NinjaOne does that nobody would expect. From its specification (2.0.9-draft) unless said otherwise."""

from __future__ import annotations

from phasewise.connectors.base import Quirk

QUIRKS = (
    Quirk(
        "four ways to page",
        "Behind an id, by a cursor, by the ids of activities, and all in one answer.",
        "test_each_list_is_paged_its_own_way",
    ),
    Quirk(
        "older means newer",
        "The specification describes olderThan as newer and newerThan as older. Tools that work take them by "
        "their names.",
        "test_a_filter_that_gives_newer_activities_is_an_error",
    ),
    Quirk(
        "cursors move",
        "A cursor lives on the server and moves on with every answer: a page whose answer got lost is not "
        "there again. It expires.",
        "test_a_page_that_got_lost_is_read_again_from_the_start",
    ),
    Quirk(
        "seconds with decimals",
        "Times are seconds since 1970 as decimals; milliseconds were seen now and then (community).",
        "test_times_are_seconds_and_now_and_then_milliseconds",
    ),
    Quirk(
        "active alerts only",
        "The list of alerts forgets an alert when it is reset, and its PSA ticket with it.",
        "test_the_ticket_of_an_alert_outlives_it",
    ),
    Quirk(
        "a series in pieces",
        "An alert and a run are several activities of one series, on different pages and days.",
        "test_a_run_that_ends_a_day_later_is_one_run",
    ),
    Quirk(
        "newest first",
        "The log comes newest first: the end of a run comes before its beginning.",
        "test_a_run_in_two_pages_is_one_run",
    ),
    Quirk(
        "edits among runs",
        "That a script or task was created, changed or deleted stands in the log under the type of its runs.",
        "test_edits_of_scripts_are_no_runs",
    ),
    Quirk(
        "PSA ticket of any form",
        "The ticket of an alert is of the type object, and nothing says what is in it.",
        "test_a_ticket_of_an_unknown_form_is_told_and_not_guessed",
    ),
    Quirk(
        "patches tried again",
        "A patch that failed and was tried again is listed under the same id.",
        "test_a_patch_that_is_tried_again_is_two_runs",
    ),
    Quirk(
        "nothing about the unpatched",
        "A device that is never scanned has no missing patches.",
        "test_a_device_without_any_patch_is_not_called_patched",
    ),
    Quirk(
        "regions",
        "A key of one region is unknown in the others; the answer is that of a wrong key.",
        "test_a_wrong_region_is_named_in_the_remedy",
    ),
    Quirk(
        "one scope too many",
        "A scope that the application does not have refuses the token altogether.",
        "test_only_the_scope_that_reads_is_asked_for",
    ),
    Quirk(
        "numbers of articles and documents",
        "Articles and documents are numbered apart and may have the same number.",
        "test_an_article_and_a_document_of_one_number_are_two",
    ),
)
