"""What HaloPSA does that nobody would expect. Read in its own description and in what its users found."""

from __future__ import annotations

from phasewise.connectors.base import Quirk

QUIRKS = (
    Quirk(
        "a hundred at most",
        "A page of more than 100 is one of 100, without a word: asked for 1,000 of 717 tickets it gives 100.",
        "test_a_page_cut_in_silence_loses_no_ticket",
    ),
    Quirk(
        "pageinate",
        "Without the parameter `pageinate`, so spelled, the size and the number of a page are ignored.",
        "test_pages_are_asked_for_by_halos_own_spelling_and_in_the_order_of_ids",
    ),
    Quirk(
        "unknown parameters are ignored",
        "A parameter that Halo does not know, or no longer, filters nothing: everything comes.",
        "test_actions_of_other_tickets_are_an_error_not_a_history",
    ),
    Quirk(
        "open and closed",
        "Whether a list of tickets holds closed ones without being asked for them is written nowhere.",
        "test_a_list_without_closed_tickets_is_an_error",
    ),
    Quirk(
        "envelopes",
        "Most lists come in an envelope that calls each of them otherwise (projects are `tickets`), "
        "some as a bare array; how payments come is written nowhere.",
        "test_a_list_is_read_in_whatever_envelope_and_without_one",
    ),
    Quirk(
        "lists that ignore paging",
        "Some lists give everything, or their first page for ever, whatever page is asked for.",
        "test_a_list_that_ignores_paging_is_read_once_and_one_that_repeats_is_an_error",
    ),
    Quirk(
        "actions have no pages",
        "Lists of actions know a count and no page; what is cut off shows by a total or a round number.",
        "test_time_that_looks_cut_is_asked_for_in_halves",
    ),
    Quirk(
        "numbers of actions",
        "The id of an action counts within its ticket: every ticket has an action 1.",
        "test_an_action_is_named_by_its_ticket_and_its_number",
    ),
    Quirk(
        "1900",
        "A date that is not set is 1900-01-01 or 1899-12-30.",
        "test_a_date_of_1900_is_no_date",
    ),
    Quirk(
        "times without a zone",
        "Times are UTC, some with a Z and some with nothing.",
        "test_times_are_utc_with_and_without_a_z",
    ),
    Quirk(
        "numbers as texts",
        "Numbers come as numbers, as texts and with decimals; a site's client is a number with decimals.",
        "test_numbers_are_taken_as_texts_and_with_decimals",
    ),
    Quirk(
        "nobody is number 1",
        "Agent 1 is Unassigned and client 1 is Unknown.",
        "test_agent_1_and_client_1_are_nobody",
    ),
    Quirk(
        "priorities by service level",
        "A ticket's priority is a number that means something else in every service level; rows of "
        "`/Priority` are keyed by a GUID.",
        "test_a_priority_means_what_its_service_level_says",
    ),
    Quirk(
        "the bin",
        "A deleted ticket is left out of every list that does not ask for deleted ones.",
        "test_a_ticket_that_says_it_is_deleted_is_gone",
    ),
    Quirk(
        "two spellings",
        "`last_update` and `lastupdate`, `category_1` and `category1` live side by side.",
        "test_both_spellings_are_read",
    ),
    Quirk(
        "merged tickets",
        "A merged ticket keeps its status and names the other one; its actions are listed with both.",
        "test_a_merged_ticket_is_merged_whatever_its_status_and_happens_once",
    ),
    Quirk(
        "agreed and billed",
        "A contract says what is agreed and a recurring invoice bills it: the amount of both is one.",
        "test_revenue_counts_once",
    ),
    Quirk(
        "no filter for changed invoices",
        "Invoices can be filtered by their date alone, and a payment changes an old one.",
        "test_an_old_invoice_that_was_paid_is_seen",
    ),
    Quirk(
        "drafts below zero",
        "The id of an invoice that is not yet one is below zero.",
        "test_a_draft_is_no_invoice",
    ),
    Quirk(
        "workdays of 1900",
        "The hours of a workday are moments of 1900, here the time counts; its zone has the name that "
        "Windows gives it.",
        "test_a_workday_is_its_times_in_a_zone_that_the_world_knows",
    ),
    Quirk(
        "everything in one table",
        "Leave, shifts and tasks are appointments, too.",
        "test_leave_shifts_and_tasks_are_no_meetings",
    ),
    Quirk(
        "projects are tickets",
        "A project and an opportunity are tickets of a type that is used for them; whether lists of tickets "
        "show them is written nowhere.",
        "test_a_project_in_a_list_of_tickets_is_no_ticket",
    ),
    Quirk(
        "letters for verdicts",
        "Whether the first answer was in time is a letter; which ones there are is written nowhere.",
        "test_a_letter_that_nobody_knows_is_no_verdict",
    ),
)
