"""`sam build`, once per architecture: what Lambda gets is compiled, of one architecture, and holds what the code calls."""

import ast
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_lambda_powertools
import botocore
import pytest
from botocore import xform_name

from lambdo.table import wire
from tests.support.builds import ARCHITECTURES, Builds
from tests.support.called import called
from tests.support.template import FUNCTIONS, ROOT, camel, has_signing_layer
from tools.local.application import ARCHITECTURE
from tools.measure import sizes

SUFFIXES = {"arm64": "Arm64Layer", "x86_64": "X8664Layer"}
ELF_MACHINES = {"arm64": 183, "x86_64": 62}  # e_machine: EM_AARCH64, EM_X86_64

PACKAGES = {
    "Dependencies": {
        "annotated_types", "aws_lambda_powertools", "bcrypt", "botocore", "dateutil", "jmespath", "pydantic",
        "pydantic_core", "six", "typing_extensions", "typing_inspection", "tzdata", "urllib3",
    },
    "Signing": {"_cffi_backend", "cryptography", "jwt"},
}  # fmt: skip
LIBRARIES = {"Dependencies": {"_bcrypt", "_pydantic_core"}, "Signing": {"_cffi_backend", "_rust"}}

# Of each layer: files, bytes unpacked and bytes zipped, a little above what is measured (docs/benchmarks.md). All three
# together stay below 36 MB, and 13 MB zipped.
CEILINGS = {
    "Dependencies": {"files": 1_300, "unpacked": 17_200_000, "zipped": 6_600_000},
    "Signing": {"files": 210, "unpacked": 17_000_000, "zipped": 5_500_000},
    "Common": {"files": 170, "unpacked": 750_000, "zipped": 400_000},
}

each_architecture = pytest.mark.parametrize("architecture", ARCHITECTURES)
each_layer = pytest.mark.parametrize("layer", PACKAGES)


def uv() -> str:
    return os.environ.get("UV") or shutil.which("uv") or str(ROOT / ".uv/bin/uv")


def sources(build: Path) -> Iterator[Path]:
    found = sorted(build.rglob("*.py"))
    assert len(found) > 500
    return iter(found)


def site(builds: Builds, architecture: str, layer: str = "Dependencies") -> Path:
    return builds[architecture] / f"{layer}{SUFFIXES[architecture]}" / "python"


@each_architecture
def test_every_source_has_its_unchecked_hash_pyc_of_this_python(builds: Builds, architecture: str) -> None:
    assert sys.version_info[:2] == (3, 13), "Lambda's runtime"
    for source in sources(builds[architecture]):
        pyc = Path(importlib.util.cache_from_source(str(source), optimization=""))
        assert pyc.exists(), source
        head = pyc.read_bytes()[:16]
        assert head[:4] == importlib.util.MAGIC_NUMBER, source
        assert int.from_bytes(head[4:8], "little") == 0b01, f"{source}: hash-based (bit 0), unchecked (bit 1 is 0)"
        assert head[8:] == importlib.util.source_hash(source.read_bytes()), source


@each_architecture
def test_every_pyc_has_its_source(builds: Builds, architecture: str) -> None:
    stray = [
        pyc
        for pyc in builds[architecture].rglob("*.pyc")
        if not Path(importlib.util.source_from_cache(str(pyc))).exists()
    ]
    assert not stray


@each_layer
@each_architecture
def test_native_libraries_are_of_the_architecture_of_their_layer(builds: Builds, architecture: str, layer: str) -> None:
    # Either build makes the layers of both: which one a function gets is decided at deploy, so neither may be wrong.
    for of, suffix in SUFFIXES.items():
        libraries = list((builds[architecture] / f"{layer}{suffix}").rglob("*.so*"))
        assert {library.name.split(".")[0] for library in libraries} == LIBRARIES[layer]
        for library in libraries:
            head = library.read_bytes()[:20]
            assert head[:4] == b"\x7fELF"
            assert int.from_bytes(head[18:20], "little") == ELF_MACHINES[of], library


def test_two_builds_are_equal_byte_for_byte(builds: Builds) -> None:
    # A layer that differs would be a new version, and restart every function, at each deploy.
    one, other = (
        {path.relative_to(build): path.read_bytes() for path in build.rglob("*") if path.is_file()}
        for build in builds.values()
    )
    assert one.keys() == other.keys()
    assert not [path for path in one if one[path] != other[path]]


def test_function_is_its_own_folder_and_nothing_else(builds: Builds) -> None:
    for folder in FUNCTIONS:
        built = builds["arm64"] / f"{camel(folder)}Function"
        assert [path.name for path in built.iterdir()] == [folder]
        assert (built / folder / "app.py").read_bytes() == (ROOT / "functions" / folder / "app.py").read_bytes()


def test_function_that_serves_openapi_json_has_it_as_a_file_and_not_as_a_link(builds: Builds) -> None:
    built = builds["arm64"] / "GetOpenapiFunction" / "get_openapi" / "openapi.json"
    assert not built.is_symlink()
    assert built.read_bytes() == (ROOT / "openapi.json").read_bytes()


@each_architecture
def test_layer_keeps_swagger_ui_which_docs_serves(builds: Builds, architecture: str) -> None:
    installed = Path(aws_lambda_powertools.__file__).parents[1]
    for name in ("swagger-ui-bundle.min.js", "swagger-ui.min.css"):
        path = Path("aws_lambda_powertools", "event_handler", "openapi", "swagger_ui", name)
        assert (site(builds, architecture) / path).read_bytes() == (installed / path).read_bytes()


def test_common_layer_is_our_package_and_nothing_else(builds: Builds) -> None:
    built = builds["arm64"] / "CommonLayer" / "python"
    assert [path.name for path in built.iterdir()] == ["lambdo"]
    ours = ROOT / "layers/common/lambdo"
    files = {path.relative_to(ours) for path in ours.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert {
        path.relative_to(built / "lambdo") for path in built.rglob("*") if path.is_file() and path.suffix != ".pyc"
    } == files


@each_layer
@each_architecture
def test_layer_holds_these_packages_and_no_other(builds: Builds, architecture: str, layer: str) -> None:
    names = {path.name for path in site(builds, architecture, layer).iterdir()}
    packages = {name for name in names if not name.endswith(".dist-info") and name != "__pycache__"}
    assert {name.split(".")[0] for name in packages} == PACKAGES[layer]
    for info in site(builds, architecture, layer).glob("*.dist-info"):
        kept = {path.name for path in info.iterdir()}
        assert "METADATA" in kept
        assert kept <= {"METADATA", "licenses", "LICENSE", "LICENSE.txt", "NOTICE"}
        assert len(kept) > 1, f"{info.name} came with a licence"


# ---- Sizes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("built", "layer"),
    [
        *((f"{layer}{suffix}", layer) for layer in PACKAGES for suffix in SUFFIXES.values()),
        ("CommonLayer", "Common"),
    ],
)
def test_layer_stays_below_its_ceilings(builds: Builds, built: str, layer: str) -> None:
    found = sizes.size(builds["arm64"] / built)
    assert {name: value for name, value in found.items() if value > CEILINGS[layer][name]} == {}


@each_architecture
def test_function_that_signs_nothing_unpacks_at_most_18_megabytes(builds: Builds, architecture: str) -> None:
    found = {
        folder: sizes.unpacked(builds[architecture], folder, architecture)
        for folder in FUNCTIONS
        if not has_signing_layer(folder)
    }
    assert {folder: size for folder, size in found.items() if size > 18_000_000} == {}


# ---- What is trimmed ---------------------------------------------------------------------------------------------------


def imports(source: Path, package: str) -> Iterator[str]:
    """Name the modules that a source may import, at its top or later, by `from` each imported name too."""
    tree = ast.parse(source.read_text())
    unreal = {
        one
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}
        for statement in node.body
        for one in ast.walk(statement)
    }
    for node in set(ast.walk(tree)) - unreal:
        match node:
            case ast.Import(names):
                yield from (one.name for one in names)
            case ast.ImportFrom(module, names, level):
                base = importlib.util.resolve_name("." * (level or 0) + (module or ""), package)
                yield from (base, *(f"{base}.{one.name}" for one in names))


@pytest.mark.parametrize(
    ("package", "never_run"),
    [
        # where a log line holds a pydantic model
        ("botocore", set()),
        ("aws_lambda_powertools", {"shared/functions.py: aws_lambda_powertools.event_handler.openapi.compat"}),
        # where a type has the validators of version 1
        ("pydantic", {"_internal/_generate_schema.py: pydantic.v1"}),
    ],
)
def test_no_source_that_is_kept_imports_one_that_is_trimmed(builds: Builds, package: str, never_run: set[str]) -> None:
    whole, trimmed = Path(botocore.__file__).parents[1], site(builds, "arm64")
    missing = set()
    for source in (trimmed / package).rglob("*.py"):
        for name in imports(source, ".".join(source.relative_to(trimmed).parent.parts)):
            path = Path(*name.split("."))
            for module in (path.with_suffix(".py"), path / "__init__.py"):
                if name.startswith(package) and (whole / module).exists() and not (trimmed / module).exists():
                    missing.add(f"{source.relative_to(trimmed / package)}: {name}")
    assert missing == never_run


@each_architecture
def test_what_is_imported_and_never_used_imports_nothing_itself(builds: Builds, architecture: str) -> None:
    replaced = {
        "Dependencies": [
            "aws_lambda_powertools/__init__.py",
            "aws_lambda_powertools/utilities/jmespath_utils/__init__.py",
            "botocore/docs/__init__.py",
            "botocore/docs/docstring.py",
            "pydantic/plugin/_loader.py",
            "urllib3/http2/__init__.py",
        ],
        "Signing": ["jwt/jwks_client.py"],
    }
    for layer, paths in replaced.items():
        for path in paths:
            assert "import" not in (site(builds, architecture, layer) / path).read_text(), path


# ---- botocore's trimmed data -------------------------------------------------------------------------------------------


# Runs with nothing but a layer and the standard library on its path.
DESCRIBE = """
import json, sys
sys.path.insert(0, sys.argv[1])
import botocore.session
from botocore.awsrequest import AWSResponse

def describe(service, operations, region):
    session = botocore.session.Session()
    client = session.create_client(service, region, aws_access_key_id="none", aws_secret_access_key="none")
    urls = []
    def answer(request, **_):
        urls.append(request.url)
        return AWSResponse(request.url, 400, {}, None)
    AWSResponse.content = b"{}"
    client.meta.events.register("before-send", answer)
    probe, arguments = {
        "dynamodb": ("get_item", {"TableName": "t", "Key": {}}),
        "ssm": ("get_parameter", {"Name": "n"}),
        "sesv2": ("send_email", {"Content": {}}),
    }[service]
    try:
        getattr(client, probe)(**arguments)
    except client.exceptions.ClientError:
        pass
    model = client.meta.service_model
    names = client.meta.method_to_api_mapping
    described = {}
    for operation in operations:
        shapes = model.operation_model(names[operation])
        described[operation] = [sorted(shape.members) if shape else [] for shape in (shapes.input_shape, shapes.output_shape)]
    return [urls, described]

regions = ["eu-central-1", "us-east-1", "us-gov-west-1", "cn-north-1"]
called = json.loads(sys.argv[2])
print(json.dumps({f"{service} {region}": describe(service, called[service], region) for service in called for region in regions}))
"""


def describe(packages: Path, operations: dict[str, set[str]]) -> dict[str, object]:
    asked = json.dumps({service: sorted(names) for service, names in operations.items()})
    command = [sys.executable, "-I", "-S", "-c", DESCRIBE, str(packages), asked]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    described: dict[str, object] = json.loads(done.stdout)
    return described


def test_the_scan_finds_the_calls_of_the_store() -> None:
    operations = called()
    assert operations["dynamodb"] >= {
        "get_item",
        "put_item",
        "update_item",
        "delete_item",
        "query",
        "batch_get_item",
        "batch_write_item",
        "transact_write_items",
    }
    assert operations["ssm"] >= {"get_parameter", "put_parameter", "delete_parameter"}
    assert operations["sesv2"] == {"send_email"}


@each_architecture
def test_trimmed_botocore_describes_every_call_as_the_whole_one_does(builds: Builds, architecture: str) -> None:
    operations = called()
    whole = Path(botocore.__file__).parents[1]
    assert describe(site(builds, architecture), operations) == describe(whole, operations)


# As DESCRIBE. What goes out, and what is made of what comes back: an answer, or an error with what it says.
EXCHANGE = """
import json, sys
sys.path.insert(0, sys.argv[1])
import botocore.session
from botocore.awsrequest import AWSResponse

client = botocore.session.Session().create_client(
    "dynamodb", "eu-central-1", aws_access_key_id="none", aws_secret_access_key="none"
)
exchanges = []
for operation, arguments, status, answer in json.loads(sys.argv[2]):
    def send(request, **_):
        exchanges.append(json.loads(request.body))
        AWSResponse.content = json.dumps(answer).encode()
        return AWSResponse(request.url, status, {}, None)
    client.meta.events.register("before-send", send, unique_id="send")
    try:
        answered = getattr(client, operation)(**arguments)
    except client.exceptions.ClientError as error:
        answered = error.response
    exchanges.append({name: value for name, value in answered.items() if name != "ResponseMetadata"})
    client.meta.events.unregister("before-send", unique_id="send")
print(json.dumps(exchanges))
"""
VALUES = wire.dump({"s": "é", "n": -5, "b": True, "ss": frozenset({"1", "2"}), "l": ["x", {"m": [1]}], "m": {"a": {}}})
REFUSED = "com.amazonaws.dynamodb.v20120810#"
EXCHANGES: list[tuple[str, dict[str, Any], int, dict[str, Any]]] = [
    ("query", {"TableName": "t", "ExclusiveStartKey": VALUES, "Limit": 2}, 200, {"Items": [VALUES, {}], "Count": 2}),
    ("get_item", {"TableName": "t", "Key": VALUES}, 200, {"Item": VALUES, "ConsumedCapacity": {"CapacityUnits": 1.5}}),
    ("batch_get_item", {"RequestItems": {"t": {"Keys": [VALUES]}}}, 200, {"Responses": {"t": [VALUES]}}),
    (
        "put_item",
        {"TableName": "t", "Item": VALUES, "ExpressionAttributeValues": VALUES},
        400,
        {"__type": f"{REFUSED}ConditionalCheckFailedException", "message": "no", "Item": VALUES},
    ),
    (
        "transact_write_items",
        {"TransactItems": [{"Put": {"TableName": "t", "Item": VALUES}}], "ClientRequestToken": "1"},
        400,
        {"__type": f"{REFUSED}TransactionCanceledException", "CancellationReasons": [{"Code": "None", "Item": VALUES}]},
    ),
]


def exchange(packages: Path) -> object:
    command = [sys.executable, "-I", "-S", "-c", EXCHANGE, str(packages), json.dumps(EXCHANGES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_trimmed_botocore_writes_and_reads_items_as_the_whole_one_does(builds: Builds) -> None:
    whole = exchange(Path(botocore.__file__).parents[1])
    assert exchange(site(builds, ARCHITECTURE)) == whole
    assert json.dumps(whole).count(json.dumps(VALUES)) == 2 * len(EXCHANGES) + 1


@each_architecture
def test_trimmed_botocore_keeps_only_the_services_and_operations_called(builds: Builds, architecture: str) -> None:
    data = site(builds, architecture) / "botocore" / "data"
    assert {path.name for path in data.iterdir() if path.is_dir()} == {"dynamodb", "sesv2", "ssm"}
    assert called().keys() == {"dynamodb", "sesv2", "ssm"}
    assert {path.name for path in data.iterdir() if path.is_file()} == {
        "_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json"
    }  # fmt: skip
    for service, operations in called().items():
        (model,) = data.glob(f"{service}/*/service-2.json")
        kept = {xform_name(name) for name in json.loads(model.read_text())["operations"]}
        assert kept == operations
    assert all('"documentation":"' not in path.read_text() for path in data.rglob("*.json"))


def test_layers_of_this_machine_sign_hash_and_validate(builds: Builds) -> None:
    program = """
import sys
sys.path[:0] = sys.argv[1:]
import bcrypt, jwt, pydantic
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from aws_lambda_powertools.logging import Logger
key = Ed25519PrivateKey.generate()
assert jwt.decode(jwt.encode({"sub": "a"}, key, "EdDSA"), key.public_key(), ["EdDSA"]) == {"sub": "a"}
assert bcrypt.checkpw(b"secret", bcrypt.hashpw(b"secret", bcrypt.gensalt(4)))
assert pydantic.create_model("Model", x=int).model_validate({"x": 1}).x == 1
Logger(service="lambdo").info("works")
outside = {m.__file__ for m in sys.modules.values() if getattr(m, "__file__", None) and "site-packages" in m.__file__}
assert not outside, outside
"""
    sites = [str(site(builds, ARCHITECTURE, layer)) for layer in PACKAGES]
    command = [sys.executable, "-I", "-S", "-c", program, *sites]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.check("I07")
@pytest.mark.parametrize(
    ("requirements", "packages"),
    [
        ("requirements.txt", ["--no-dev", "--no-emit-project"]),
        ("requirements-signing.txt", ["--only-group", "signing"]),
    ],
)
def test_requirements_are_what_the_lock_says(requirements: str, packages: list[str]) -> None:
    command = [uv(), "export", "--frozen", "--no-header", "--no-annotate", "--quiet", *packages]
    exported = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert (ROOT / "layers/dependencies" / requirements).read_text() == exported, (
        "run: uv export ..., as docs/dependencies.md says"
    )
