"""What goes into the settings comes out of them, whatever it is."""

from __future__ import annotations

import json
import tomllib
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from phasewise.config.annotations import arms, rebuild
from phasewise.config.calendars import WEEKDAYS, CalendarSettings, holiday_dates, minutes_of, weekdays
from phasewise.config.document import leaves, merged
from phasewise.config.mapping import layered
from phasewise.config.mistakes import shown
from phasewise.config.msps import MspSettings
from phasewise.config.secrets import Reference, reference, resolve
from phasewise.config.starter import Answers, settings_text, table_name
from phasewise.config.values import nearest

minutes = st.integers(0, 1440)
spans = st.sets(minutes, max_size=8).map(sorted).map(lambda m: list(zip(m[::2], m[1::2], strict=False)))
text = st.text(st.characters(codec="utf-8"), max_size=40)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@given(st.dictionaries(st.sampled_from(WEEKDAYS), spans, min_size=1).filter(lambda h: any(h.values())))
def test_hours_come_out_as_they_went_in(week):
    written = {
        day: [f"{clock(a)}-{clock(b)}" for a, b in reversed(day_spans)] for day, day_spans in week.items()
    }
    hours = CalendarSettings.model_validate({"hours": written}).hours
    assert {day: [minutes_of(span) for span in hours[day]] for day in week} == week
    assert set(hours) == set(WEEKDAYS)
    again = CalendarSettings.model_validate({"hours": {day: list(s) for day, s in hours.items()}}).hours
    assert again == hours


@given(st.sampled_from(WEEKDAYS), st.sampled_from(WEEKDAYS))
def test_a_range_of_weekdays_starts_and_ends_as_it_says(first, last):
    days = weekdays(f"{first}-{last}")
    assert (days[0], days[-1]) == (first, last)
    assert len(set(days)) == len(days) <= 7


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 366))
def test_a_span_of_holidays_holds_each_of_its_days_once(first, length):
    last = first + timedelta(days=length)
    found = holiday_dates([f"{first}/{last}", str(first)], range(1999, 2103))
    assert found == tuple(first + timedelta(days=i) for i in range(length + 1))


@given(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*", fullmatch=True))
def test_a_reference_to_a_variable_comes_out_as_it_went_in(name):
    assert reference(f"env:{name}") == Reference("env", name)
    assert str(reference(f"env:{name}")) == f"env:{name}"
    assert resolve(Reference("env", name), base=Path(), environ={name: "v"}).text == "v"


@given(text)
def test_a_text_that_is_no_reference_is_itself(value):
    if not value.startswith(("env:", "file:", "keyring:")):
        assert reference(value) is None


@given(text.filter(lambda t: t and not t.endswith(("\n", "\r"))), st.sampled_from(["", "\n", "\r\n"]))
def test_a_secret_file_gives_its_text_back(tmp_path_factory, value, end):
    path = tmp_path_factory.mktemp("s") / "secret"
    path.write_bytes((value + end).encode())
    assert resolve(Reference("file", str(path)), base=Path("/"), environ={}).text == value


@given(text.map(str.strip).filter(bool), st.sampled_from(["Europe/Madrid", "UTC"]))
def test_the_starting_file_holds_any_name(name, zone):
    answers = Answers(msp=table_name(name), name=name, zone=zone, currency="EUR")
    tables = tomllib.loads(settings_text(answers))
    msp = MspSettings.model_validate(tables["msps"][answers.msp])
    assert (msp.name, msp.zone) == (name, zone)


tables = st.recursive(
    st.integers() | text | st.booleans(),
    lambda inner: st.dictionaries(text, inner, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(text, tables, max_size=4))
def test_a_rebuild_that_changes_nothing_gives_the_same(value):
    seen = []
    rebuilt = rebuild(value, arms(MspSettings), lambda path, _, leaf: (seen.append(path), leaf)[1])
    assert rebuilt == value
    assert seen == leaves(value)


@given(st.dictionaries(text, tables, max_size=4), st.dictionaries(text, tables, max_size=4))
def test_the_upper_of_two_layers_wins(lower, upper):
    both = merged(lower, upper)
    assert merged(both, upper) == both
    assert set(both) == set(lower) | set(upper)


words = st.dictionaries(st.sampled_from(["status", "type"]), st.dictionaries(text, text, max_size=3))


@given(words, words, words)
def test_the_last_layer_of_words_wins_word_by_word(a, b, c):
    found = layered(a, b, c)
    for table, each in found.items():
        for word, target in each.items():
            assert target == next(layer[table][word] for layer in (c, b, a) if word in layer.get(table, {}))


@given(st.lists(text, min_size=1, max_size=5))
def test_a_path_is_shown_as_toml_reads_it(keys):
    assert tomllib.loads(f"{shown(tuple(keys))} = 1") == json.loads(
        "".join(f"{{{json.dumps(k)}:" for k in keys) + "1" + "}" * len(keys)
    )


@given(text, st.lists(text, max_size=5))
def test_a_suggestion_is_one_of_the_known_words(word, known):
    found = nearest(word, known)
    assert not found or any(f'"{k}"' in found for k in known)
