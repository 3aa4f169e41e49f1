"""Golden vectors: what a version of a computed fact answers stays what it answers, for the cases that keep it."""

import pytest

from pathway.clinical.computed import COMPUTED
from tests.clinical.vectors import FOLDER, answer, load

#: Answers that are known whatever is missing.
ALWAYS_KNOWN = {
    "isth_dic@1",
    "differentiation_signs@1",
    "daunorubicin_percent@1",
    "aml_risk@1",
}
#: Enumerations so long that vectors name some of them.
LONG = 12


@pytest.mark.parametrize("name", sorted(COMPUTED))
def test_a_version_answers_every_vector_as_it_always_did(name: str) -> None:
    vectors = load(name)
    assert vectors, f"write tests/clinical/golden/{name}.json"
    for each in vectors:
        assert answer(name, each) == each["answer"], f"{each['say']}: a changed answer needs a new version of {name}"


def test_no_file_of_vectors_belongs_to_a_fact_that_is_gone() -> None:
    assert {path.stem for path in FOLDER.iterdir()} <= set(COMPUTED)


@pytest.mark.parametrize("name", sorted(COMPUTED))
def test_the_vectors_of_a_fact_reach_every_word_it_may_answer(name: str) -> None:
    fact = COMPUTED[name]
    if fact.type == "number" or len(fact.values) > LONG:
        assert len(load(name)) > 2
        return
    words = {each["answer"].get("value") for each in load(name)}
    assert words >= set(fact.values or (True, False))


@pytest.mark.parametrize("name", sorted(each for each in COMPUTED if COMPUTED[each].takes != "reports"))
def test_the_vectors_of_a_fact_show_what_it_does_when_it_cannot_say(name: str) -> None:
    unknown = [each for each in load(name) if not each["answer"]["known"]]
    assert bool(unknown) is (name not in ALWAYS_KNOWN)
