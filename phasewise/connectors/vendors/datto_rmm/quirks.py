"""What Datto RMM does that nobody would expect. From its specification (Build 235) unless said otherwise."""

from __future__ import annotations

from phasewise.connectors.base import Quirk

QUIRKS = (
    Quirk(
        "a password grant for everybody",
        "The token is asked for with the user's key and secret in a password grant, by the client that "
        "everybody is: public-client, with the password public.",
        "test_the_token_is_asked_for_by_the_public_client",
    ),
    Quirk(
        "platforms",
        "A key of one platform is unknown on the others; the answer is that of a wrong key.",
        "test_a_wrong_platform_is_named_in_the_remedy",
    ),
    Quirk(
        "pages without a first number",
        "Whether the first page is 0 or 1 is written nowhere.",
        "test_no_page_is_numbered_by_us",
    ),
    Quirk(
        "a next link that forgets",
        "The link to the next page was seen to drop parameters of the request (community).",
        "test_what_a_next_link_forgets_is_sent_again",
    ),
    Quirk(
        "alerts have pages of their own",
        "The account's largest page does not hold for alerts.",
        "test_pages_of_any_size_lose_no_alert",
    ),
    Quirk(
        "resolved while we read",
        "Open and resolved alerts are two lists, and neither can be asked for what is new.",
        "test_an_alert_that_is_resolved_while_we_read_is_not_lost",
    ),
    Quirk(
        "a resolver of any name",
        "What stands as the resolver of an alert that resolved itself is written nowhere.",
        "test_a_name_that_nobody_knows_is_no_automation",
    ),
    Quirk(
        "three forms of time",
        "The specification says texts; milliseconds, seconds with decimals, and the year 1 for none were "
        "seen (community).",
        "test_times_are_milliseconds_seconds_and_texts",
    ),
    Quirk(
        "deleted and still listed",
        "A deleted device stays in the list, in a site of its own.",
        "test_a_deleted_device_is_gone_and_its_bin_is_no_client",
    ),
    Quirk(
        "a state of patches without a date",
        "What is told of patches is the state of the moment. No patch has a day on which it was installed.",
        "test_a_device_that_nobody_patches_is_neither_patched_nor_not",
    ),
    Quirk(
        "the last quarter of an hour",
        "The activity log, asked without a beginning, answers the last 15 minutes and does not say so.",
        "test_the_log_is_never_asked_without_a_beginning",
    ),
    Quirk(
        "one result a job and device",
        "The result of a job on a device is that of its newest run; there is no list of jobs or results.",
        "test_the_result_of_a_newer_run_is_not_that_of_an_older_one",
    ),
    Quirk(
        "edits among jobs",
        "That a job was created or changed stands in the log beside what was deployed.",
        "test_edits_of_jobs_are_no_runs",
    ),
    Quirk(
        "details as a text",
        "What was deployed is told in a text that holds JSON with dotted names, beside names of people.",
        "test_details_that_cannot_be_read_are_counted",
    ),
    Quirk(
        "locked out",
        "Who goes on asking after too many requests gets 403, as for a missing right (community).",
        "test_a_lock_is_named_beside_the_missing_right",
    ),
    Quirk(
        "all keys share one limit",
        "600 requests a minute are those of the account, whoever asks.",
        "test_no_more_is_asked_in_a_minute_than_the_settings_allow",
    ),
)
