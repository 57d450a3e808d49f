"""Publishing as a Space, on a made-up hub that keeps commits as the real one does."""

from types import SimpleNamespace

import pytest
import yaml
from huggingface_hub import CommitOperationAdd, RepoFile
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils.sha import git_hash
from made_up_pages import PAGES, held

from benchsuite.errors import UserError
from benchsuite.leaderboard.publish.changes import Changes
from benchsuite.leaderboard.publish.files import sha256, site_files
from benchsuite.leaderboard.publish.target import Space
from benchsuite.leaderboard.publish.to_space import publish_to_space

TEMPLATE = {
    ".gitattributes": b"*.bin filter=lfs\n",
    "README.md": b"---\nsdk: static\n---\n",
    "index.html": b"Welcome to your static Space!",
    "style.css": b"body {}",
}
NAME = "me/boards"


class RefusedError(HfHubHTTPError):
    """An answer of the hub."""

    def __init__(self, status, text="No"):
        Exception.__init__(self, text)
        self.response = SimpleNamespace(status_code=status)


class Hub:
    """What `HfApi` does to one Space: a list of commits, each all files by name."""

    def __init__(self, *commits, large=()):
        self.commits = [dict(files) for files in commits]
        self.large = large
        self.messages, self.sent = [], []
        self.before_commit = lambda: None

    @property
    def files(self):
        return self.commits[-1]

    def create_repo(self, name, *, repo_type, space_sdk, exist_ok):
        assert (name, repo_type, space_sdk, exist_ok) == (NAME, "space", "static", True)
        if not self.commits:
            self.commits.append(dict(TEMPLATE))

    def repo_info(self, name, *, repo_type):
        assert (name, repo_type) == (NAME, "space")
        return SimpleNamespace(sha=f"commit-{len(self.commits)}")

    def list_repo_commits(self, name, *, repo_type, revision):
        return [SimpleNamespace()] * int(revision.removeprefix("commit-"))

    def list_repo_tree(self, name, *, recursive, repo_type, revision):
        assert recursive
        assert repo_type == "space"
        for path, content in self.commits[int(revision.removeprefix("commit-")) - 1].items():
            lfs = None
            if path in self.large:
                lfs = {"size": len(content), "oid": digest(content), "pointerSize": 130}
            blob = "0" * 40 if lfs else git_hash(content)
            yield RepoFile(path=path, size=len(content), oid=blob, lfs=lfs)

    def hf_hub_download(self, name, path, *, repo_type, revision, local_dir):
        local_dir.mkdir(exist_ok=True)
        (local_dir / path).write_bytes(self.files[path])
        return str(local_dir / path)

    def create_commit(
        self, name, operations, *, commit_message, commit_description, repo_type, parent_commit
    ):
        self.before_commit()
        if parent_commit != f"commit-{len(self.commits)}":
            raise RefusedError(412, "Precondition Failed")
        files = dict(self.files)
        for one in operations:
            if isinstance(one, CommitOperationAdd):
                with one.as_file() as file:
                    files[one.path_in_repo] = file.read()
            else:
                del files[one.path_in_repo]
        self.sent.append(sorted(one.path_in_repo for one in operations))
        self.messages.append((commit_message, commit_description))
        self.commits.append(files)


def digest(content):
    from hashlib import sha256

    return sha256(content).hexdigest()


def put(site, hub):
    return publish_to_space(site_files(site), Space(NAME), hub)


def shown(hub):
    """The pages of a Space."""
    own = {".gitattributes", "README.md", ".benchsuite-site"}
    return {name: content.decode() for name, content in hub.files.items() if name not in own}


def test_a_new_space_holds_the_site_and_nothing_of_the_template(site):
    hub = Hub()
    changes = put(site, hub)
    assert shown(hub) == PAGES
    assert changes.removed == ("style.css",)
    assert set(changes.changed) == {"README.md", "index.html"}
    assert hub.files[".gitattributes"] == TEMPLATE[".gitattributes"]
    _, front, _ = hub.files["README.md"].decode().split("---\n")
    assert yaml.safe_load(front)["sdk"] == "static"
    assert yaml.safe_load(front)["title"] == "boards"


def test_the_same_site_makes_no_commit(site):
    hub = Hub()
    put(site, hub)
    assert put(site, hub) == Changes()
    assert len(hub.commits) == 2


def test_only_what_differs_is_sent(site):
    hub = Hub(large=("nano/v1/index.html",))
    put(site, hub)
    (site / "index.html").write_text("new")
    (site / "assets" / "style.css").unlink()
    assert put(site, hub) == Changes((), ("index.html",), ("assets/style.css",))
    assert hub.sent[-1] == [".benchsuite-site", "assets/style.css", "index.html"]
    assert hub.messages[-1] == (
        "Publish the site: 1 changed, 1 removed",
        "changed index.html\nremoved assets/style.css\n",
    )
    assert shown(hub) == held(site)


def test_a_large_file_is_compared_by_its_content(site):
    hub = Hub(large=("nano/v1/index.html",))
    put(site, hub)
    page = site / "nano" / "v1" / "index.html"
    page.write_bytes(page.read_bytes().swapcase())  # of the same size
    assert put(site, hub).changed == ("nano/v1/index.html",)
    assert digest(hub.files["nano/v1/index.html"]) == sha256(page)


def test_files_of_others_stay(site):
    hub = Hub()
    put(site, hub)
    hub.commits.append({**hub.files, "notes.txt": b"mine"})
    (site / "index.html").write_text("new")
    put(site, hub)
    assert hub.files["notes.txt"] == b"mine"


@pytest.mark.parametrize(
    "commits",
    [
        [TEMPLATE, {**TEMPLATE, "index.html": b"My own page"}],
        [{**TEMPLATE, "app.py": b"import gradio"}],
    ],
)
def test_a_space_of_something_else_is_left_as_it_is(site, commits):
    hub = Hub(*commits)
    with pytest.raises(UserError, match="the Space me/boards holds files and no"):
        put(site, hub)
    assert hub.commits == commits


def test_where_somebody_else_committed_meanwhile_it_is_done_again_on_top(site):
    hub = Hub()
    put(site, hub)
    (site / "index.html").write_text("ours")
    others = iter([{"theirs.txt": b"theirs"}])
    hub.before_commit = lambda: hub.commits.extend({**hub.files, **more} for more in others)
    assert put(site, hub) == Changes(changed=("index.html",))
    assert hub.files["theirs.txt"] == b"theirs"
    assert hub.files["index.html"] == b"ours"


def test_it_gives_up_where_that_happens_again_and_again(site):
    hub = Hub()
    put(site, hub)
    (site / "index.html").write_text("ours")
    hub.before_commit = lambda: hub.commits.append(hub.files)
    with pytest.raises(UserError, match="Precondition Failed"):
        put(site, hub)
    assert len(hub.commits) == 2 + 5


def test_a_readme_of_the_site_stands_below_what_the_hub_reads(site):
    (site / "README.md").write_text("# What this is\n")
    hub = Hub()
    put(site, hub)
    assert hub.files["README.md"].decode().endswith("---\n# What this is\n")


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (RefusedError(401), "run `hf auth login`"),
        (RefusedError(403), "run `hf auth login`"),
        (RefusedError(500, "Oh\nno"), "cannot be published to: Oh."),
        (ConnectionError("no route to host"), "cannot be reached: no route to host; see that"),
    ],
)
def test_what_the_hub_and_the_network_say_is_one_sentence(site, failure, said):
    hub = Hub()

    def fail(*_, **__):
        raise failure

    hub.create_repo = fail
    with pytest.raises(UserError) as refused:
        put(site, hub)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_without_a_token(site, monkeypatch):
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    with pytest.raises(UserError, match="needs a token that may write"):
        put(site, None)


def test_offline(site, monkeypatch):
    """The real client, which is asked not to use the network."""
    monkeypatch.setattr("huggingface_hub.get_token", lambda: "hf_made_up")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(UserError, match="since HF_HUB_OFFLINE is set"):
        put(site, None)
