"""What Request Tracker 5 does that nobody would expect. Seen at version 5.0.3."""

from __future__ import annotations

from phasewise.connectors.base import Quirk

QUIRKS = (
    Quirk(
        "zone of queries",
        "Dates in queries are read in the time zone of the user that asks, whatever zone the text names. "
        "Where that user has none, it is the server's, which the interface does not tell.",
        "test_dates_are_asked_for_in_the_zone_of_our_user",
    ),
    Quirk(
        "dates cut to the day",
        "Its own form of a time, 2026-11-20T23:59:59Z, is cut to the day when it is sent back.",
        "test_only_the_form_that_is_not_cut_is_sent",
    ),
    Quirk(
        "a hundred at most",
        "A page of more than 100 is one of 100, without a word; without a size it is one of 20. A page "
        "behind the last is an empty 200.",
        "test_a_page_of_more_than_a_hundred_is_not_asked_for",
    ),
    Quirk(
        "deleted tickets are in no search",
        "Not even in one for the status deleted. They answer when asked for by number, and their "
        "transactions are listed.",
        "test_a_deleted_ticket_is_found_by_its_transaction_and_is_gone",
    ),
    Quirk(
        "merged tickets answer as another",
        "A search leaves merged tickets out unless it names EffectiveId. Asked for by number, the ticket it "
        "was merged into answers. Merging does not change when the ticket was changed last.",
        "test_a_merged_ticket_is_found_by_its_transaction_and_keeps_its_own_facts",
    ),
    Quirk(
        "merges along a chain",
        "Merging a ticket takes along those merged into it before; they have no transaction of it.",
        "test_a_ticket_merged_along_with_another_leads_to_the_last_one",
    ),
    Quirk(
        "ids as texts and numbers",
        "Ids are texts in lists and numbers in single records, a user's is its name unless asked for as a "
        "subfield, and changes of owner and queue hold numbers. Every number is a text.",
        "test_ids_are_the_same_however_they_are_written",
    ),
    Quirk(
        "double transactions",
        "A change of owner writes `Set` and `SetWatcher`, and a merge one link for each of the two tickets.",
        "test_a_change_of_owner_and_a_merge_count_once",
    ),
    Quirk(
        "1970",
        "A date that is not set is 1970-01-01. Dates in the history have no zone; they are UTC.",
        "test_a_date_of_1970_is_no_date",
    ),
    Quirk(
        "one Due for two promises",
        "The deadlines of an answer and of the resolution stand in one field that moves. There is no "
        "verdict.",
        "test_the_deadline_of_the_resolution_is_the_latest_that_was_set",
    ),
    Quirk(
        "transactions of others",
        "Without ObjectType, transactions of users and groups are listed too; the field Object comes empty.",
        "test_only_transactions_of_tickets_are_asked_for",
    ),
    Quirk(
        "hidden rows",
        "What a user may not see is left out of a page, and only a superuser is told a total: a short page, "
        "even an empty one, need not be the last.",
        "test_a_page_of_hidden_rows_is_not_the_end",
    ),
    Quirk(
        "blank rows",
        "Of some transactions that a user may not see a row comes all the same: its time is 1970 and nothing "
        "but its number and its ticket is in it.",
        "test_a_row_with_nothing_in_it_is_one_that_we_may_not_see",
    ),
    Quirk(
        "If-Modified-Since",
        "A correct If-Modified-Since is answered with 500. No caching header is sent.",
        "test_no_caching_header_is_sent",
    ),
    Quirk(
        "filters dropped in silence",
        "The filter of users takes the name and the mail address from a user without AdminUsers; every other "
        "field is left out and everybody is listed.",
        "test_a_user_is_looked_up_by_name_or_not_at_all",
    ),
    Quirk(
        "no list of staff",
        "The list of users holds everybody who ever wrote a mail and does not say who is privileged.",
        "test_technicians_are_the_owners_of_tickets",
    ),
)
