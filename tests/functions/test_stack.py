"""The stack as it is defined: it runs locally, is packaged, and asks for no more permissions than it needs.

Without an account or a network, but with Node and what `make serverless-setup` installs.
"""

from __future__ import annotations

import json
import re
import shutil
import ssl
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.backends import new_database
from tests.functions.environment import ARCHITECTURE, EVENTS, HOUSE, SERVERLESS, Environment, recorded, serverless

CFN_LINT = HOUSE / "build" / "cloud" / "bin" / "cfn-lint"

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="the Serverless command needs Node"),
    pytest.mark.skipif(not SERVERLESS.exists() or not CFN_LINT.exists(), reason="run `make serverless-setup` first"),
    pytest.mark.timeout(300),  # packages may have to be fetched
]

ARTIFACT = HOUSE / "build" / "serverless" / "nowserving.zip"

FUNCTIONS = ("hello", "api", "migrate")
MAY_BE_STARRED = {
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
}
"""Actions for which AWS has no narrower resource."""


def template(stage: str, folder: Path) -> Any:
    serverless("package", "--stage", stage, "--package", str(folder), "--param", f"architecture={ARCHITECTURE}")
    return json.loads((folder / "cloudformation-template-update-stack.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Any]]:
    """The template of each stage as CloudFormation gets it, and its folder."""
    found = {}
    for stage in ("dev", "prod"):
        folder = tmp_path_factory.mktemp(stage)
        found[stage] = folder, template(stage, folder)
    return found


@pytest.fixture(scope="module")
def tree(packaged: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The artifact, unpacked as a cloud does."""
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(ARTIFACT) as packed:
        packed.extractall(folder)
    return folder


def of_kind(stack: Any, kind: str) -> dict[str, Any]:
    return {name: it["Properties"] for name, it in stack["Resources"].items() if it["Type"] == kind}


# ── run locally ──


def test_hello_is_invoked_on_this_machine() -> None:
    answer = json.loads(serverless("invoke", "local", "--function", "hello").stdout)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["message"] == "Now Serving is running"


def test_the_backend_is_invoked_on_this_machine_with_a_recorded_event(tmp_path: Path) -> None:
    settings = {"NOWSERVING_DATABASE": f"sqlite:///{tmp_path / 'local.db'}", "VIRTUAL_ENV": str(HOUSE / ".venv")}
    local = ("invoke", "local", "--stage", "local", "--function")
    made = json.loads(serverless(*local, "migrate", "--data", json.dumps({"sample": "clinic"}), **settings).stdout)
    assert made["halls"] == ["clinic"] and made["database"] == "sqlite"
    answer = json.loads(serverless(*local, "api", "--path", str(EVENTS / "installation.json"), **settings).stdout)
    assert answer["statusCode"] == 200 and json.loads(answer["body"])["halls"][0]["id"] == "clinic"


# ── the artifact ──


def test_the_artifact_holds_what_the_backend_needs_and_no_window(tree: Path) -> None:
    there = {path.name.partition(".")[0].partition("-")[0].lower() for path in tree.iterdir()}
    strangers = {"pyside6", "shiboken6", "qasync", "uvicorn", "uvloop", "boto3", "botocore", "requests", "pytest"}
    assert not there & strangers
    assert {"shared", "resources", "fastapi", "mangum", "sqlalchemy", "alembic", "psycopg", "nowserving"} <= there
    assert not any((tree / "shared" / room).exists() for room in ("ui", "link", "cli"))
    assert not [path for path in tree.rglob("*") if path.suffix in (".qml", ".ttf", ".wav")]


def test_the_artifact_fits_and_needs_not_compile_anything(tree: Path) -> None:
    files = [path for path in tree.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    print(f"\nartifact: {size / 1e6:.1f} MB unpacked, {ARTIFACT.stat().st_size / 1e6:.1f} MB zipped")
    assert size < 250 * 1024 * 1024
    sources = [path for path in files if path.suffix == ".py"]
    assert not [path for path in sources if not list(path.parent.glob(f"__pycache__/{path.stem}.*"))]


def test_the_artifact_runs_with_nothing_beside_it_and_wakes_up_quickly(tree: Path, tmp_path: Path) -> None:
    """Python runs isolated from this machine's packages: what is not in the artifact is missing."""
    settings, alone = {"NOWSERVING_DATABASE": new_database("postgresql", tmp_path)}, ("-I", "-S")
    migrate = Environment("shared/functions/migrate.handler", settings, tree, alone)
    assert migrate.ask({"hall": "Clinic North", "sample": "clinic"})["halls"] == ["clinic-north"]
    migrate.close()
    api = Environment("shared/functions/api.handler", settings, tree, alone)
    first = api.send(recorded("ready"))
    page = api.ask(recorded("page", hall="clinic-north"))
    api.close()
    assert first.answer["statusCode"] == page["statusCode"] == 200
    print(f"\ncold start: {first.cpu:.2f} s of one processor")
    assert first.cpu < 10, "or every quiet morning begins with an outage"
    unwanted = {"uvicorn", "cryptography", "requests", "PySide6", "holidays"}
    assert not unwanted & first.modules, "a cold start pays for every import"


def test_the_databases_authorities_are_amazons(tree: Path) -> None:
    trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusted.load_verify_locations(tree / "rds-ca.pem")
    names = [dict(part[0] for part in one["subject"])["commonName"] for one in trusted.get_ca_certs()]
    assert len(names) > 50 and all("RDS" in name for name in names)


# ── the stack ──


def test_cfn_lint_finds_nothing(packaged: Any) -> None:
    templates = [folder / "cloudformation-template-update-stack.json" for folder, _ in packaged.values()]
    lint = [CFN_LINT, "--regions", "eu-central-1", "us-east-1", "--", *templates]
    done = subprocess.run(lint, cwd=HOUSE, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_there_is_no_secret_in_it(packaged: Any) -> None:
    _, stack = packaged["prod"]
    (database,) = of_kind(stack, "AWS::RDS::DBInstance").values()
    assert database["MasterUserAuthenticationType"] == "iam-db-auth" and "MasterUserPassword" not in database
    assert of_kind(stack, "AWS::Cognito::UserPoolClient")["Consoles"]["GenerateSecret"] is False
    told = json.dumps([it.get("Environment") for it in of_kind(stack, "AWS::Lambda::Function").values()]).lower()
    assert not re.search(r"password|secret|://[^/\"]*:[^/\"]*@", told.replace("${database.endpoint.port}", ""))


def test_functions_may_do_what_they_must_and_no_more(packaged: Any) -> None:
    _, stack = packaged["prod"]
    starred = set()
    for role in of_kind(stack, "AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                assert not any("*" in action for action in actions)
                if statement["Resource"] == "*":
                    starred |= set(actions)
    assert starred == MAY_BE_STARRED
    functions = of_kind(stack, "AWS::Lambda::Function")
    assert functions["HelloLambdaFunction"]["Role"] != functions["ApiLambdaFunction"]["Role"]


def test_only_the_sign_on_asks_the_gateway_who_somebody_is(packaged: Any) -> None:
    """All other routes check our own sessions; the sign-on believes the gateway, which therefore must verify."""
    _, stack = packaged["prod"]
    routes = of_kind(stack, "AWS::ApiGatewayV2::Route").values()
    kinds = {route["RouteKey"]: route.get("AuthorizationType", "NONE") for route in routes}
    assert kinds == {"$default": "NONE", "POST /api/v1/sign-on": "JWT"}
    (authorizer,) = of_kind(stack, "AWS::ApiGatewayV2::Authorizer").values()
    told = of_kind(stack, "AWS::Lambda::Function")["ApiLambdaFunction"]["Environment"]["Variables"]
    assert authorizer["JwtConfiguration"]["Issuer"] == told["NOWSERVING_OIDC_ISSUER"]
    assert authorizer["JwtConfiguration"]["Audience"] == [told["NOWSERVING_OIDC_CLIENT_ID"]]


def test_the_real_stack_is_protected_and_a_trial_can_be_removed(packaged: Any) -> None:
    for stage, protected in (("dev", False), ("prod", True)):
        _, stack = packaged[stage]
        database, people = stack["Resources"]["Database"], stack["Resources"]["People"]
        assert database["Properties"]["DeletionProtection"] is protected
        assert database["Properties"]["StorageEncrypted"] is True
        assert database["Properties"]["PubliclyAccessible"] is False
        assert (database["DeletionPolicy"] == "Snapshot") is protected
        assert (people["Properties"]["DeletionProtection"] == "ACTIVE") is protected
        stages = of_kind(stack, "AWS::ApiGatewayV2::Stage")["HttpApiStage"]
        assert stages["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
        assert "path" not in stages["AccessLogSettings"]["Format"].lower(), "a ticket's address is its key"
        assert all(0 < group["RetentionInDays"] <= 90 for group in of_kind(stack, "AWS::Logs::LogGroup").values())
        functions = of_kind(stack, "AWS::Lambda::Function")
        assert {one["LoggingConfig"]["LogFormat"] for one in functions.values()} == {"JSON"}
        assert {one["FunctionName"] for one in functions.values()} == {
            f"now-serving-{stage}-{name}" for name in FUNCTIONS
        }
        at_once = functions["ApiLambdaFunction"]["ReservedConcurrentExecutions"]
        assert at_once == (60 if protected else {"Ref": "AWS::NoValue"}), "the database has so many connections"
        ours = f"python{sys.version_info.major}.{sys.version_info.minor}"
        assert {one["Runtime"] for one in functions.values()} == {ours}, "its bytecode is for the Python that built it"
