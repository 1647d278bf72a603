"""The work of `tracer evidence renew`: check the old files, have their root dated, write the new.

The node is shown a root of hashes; the files stay with who runs the command.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from tracer.bundle.archive import MAX_BYTES, TooLarge
from tracer.bundle.findings import Verdict
from tracer.bundle.forms import Placed
from tracer.bundle.layer_forms import MAX_LAYERS, Around, write_layer
from tracer.bundle.verify import verify_bundle
from tracer.bundle.window import Measured
from tracer.canonical import b64url, unb64url
from tracer.cli.asking import ask
from tracer.cli.calling import program
from tracer.cli.context import Globals
from tracer.cli.files import free, lying, save
from tracer.cli.output import note, show
from tracer.errors import InputError
from tracer.evidence.renewal import MAX_FILES, Planted, plant

Row = dict[str, str | int]


def renew_files(common: Globals, files: tuple[Path, ...], target: Path, *, stamp: bool) -> None:
    """Put a layer around each of some files.

    Args:
        common: The options before the noun.
        files: Old bundles, with or without layers.
        target: The new file, or a folder for several.
        stamp: Whether the time-stamp authority of the settings is asked.

    Raises:
        InputError: `file-exists`, `file-missing`, `renew-unsound`, `arguments`.
        TracerError: whatever the node raised.
    """
    targets = _targets(files, target)
    olds = []
    for path in files:
        _room(path, _sound(path))
        olds.append(Measured.of(lying(path)))
    tree = plant([old.sums.sha256 for old in olds])
    found = ask(
        common,
        "evidence.renew",
        {"root": b64url(tree.root), "size": tree.size, "stamped": stamp},
    )
    around = Around(
        token=unb64url(found["token"]),
        place=msgspec.convert(found["place"], Placed),
        note=found["note"],
        entry=unb64url(found["entry"]),
    )
    show(
        [
            _written(path, old, tree, n, around)
            for n, (path, old) in enumerate(zip(targets, olds, strict=True))
        ],
        common.output,
    )
    if not found["token"]:
        note("No time-stamp authority was asked: our log alone dates it.")
    note(f"Anybody checks it: {program()} verify {targets[0]}")


def _written(path: Path, old: Measured, tree: Planted, index: int, around: Around) -> Row:
    """Write one new file and check it as it lies there."""
    try:
        save(path, write_layer(old, tree, index, around).pieces())
    except TooLarge as error:
        raise _too_large(path) from error
    verdict = _sound(path)
    return {"name": str(path), "layers": len(verdict.layers), "sha256": verdict.sha256}


def _room(path: Path, verdict: Verdict) -> None:
    if len(verdict.layers) >= MAX_LAYERS:
        raise _too_large(path)


def _too_large(path: Path) -> InputError:
    what = f"{path}: a file has at most {MAX_LAYERS} layers and {MAX_BYTES} bytes"
    return InputError("too-large", what, advice="Renew the bundle inside of it instead.")


def _targets(files: tuple[Path, ...], target: Path) -> list[Path]:
    """Where each new file goes; what cannot be written is said before anything is asked."""
    if len(files) > MAX_FILES:
        raise InputError("arguments", f"at most {MAX_FILES} files are renewed at once")
    if len(files) == 1 and not target.is_dir():
        targets = [target]
    elif target.is_dir():
        targets = [target / path.name for path in files]
    else:
        raise InputError("file-missing", f"there is no folder {target}", field="--to")
    if len(set(targets)) != len(targets):
        raise InputError("file-exists", "two of the files have the same name", field="--to")
    for path in targets:
        free(path)
        if not path.absolute().parent.is_dir():
            raise InputError("file-missing", f"there is no folder {path.parent}", field="--to")
    return targets


def _sound(path: Path) -> Verdict:
    """What the verifier says of a file, if all of it holds."""
    verdict = verify_bundle(lying(path))
    for one in verdict.findings:
        if one.level == "wrong":
            raise InputError(
                "renew-unsound",
                f"{path} does not hold: {one.where} {one.words}",
                advice=f"Look at it: tracer verify {path}",
            )
    return verdict
