"""The data card: what a data set holds, how it came about, and the hashes by which two people compare theirs.

Nothing in it depends on who exports, when, where or with which node: two cards of the same block are the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from commonlearn.archive.dataset import DataSet, vocabulary
from commonlearn.archive.outcomes import MEANINGS, Outcome
from commonlearn.archive.tables import CONTRIBUTIONS
from commonlearn.chain.incentives import INCENTIVES
from commonlearn.money import format_ether

__all__ = ["card_of", "card_text", "with_card"]

FORMAT = 1
"""Version of the layout of card and tables."""

_TOP = 10


def card_of(data: DataSet, files: dict[str, bytes], data_hash: str) -> dict[str, Any]:
    """The card, ready for JSON.

    Parameters
    ----------
    data : DataSet
    files : dict of str to bytes
        The files that it goes with.
    data_hash : str
        SHA-256 of the contributions as CSV.
    """
    about, logged = data.about, data.log.contributions
    model, at_once = data.model, INCENTIVES[about.incentive].learns_at_once
    known = vocabulary(about.featurizer, model)
    authors = Counter(one.contribution.author for one in logged)
    most = sorted(authors.items(), key=lambda pair: (-pair[1], pair[0]))[:_TOP]
    times = [one.contribution.contributed_at for one in logged]
    return {
        "format": FORMAT,
        "model": {
            "address": about.address,
            "chain_id": about.chain_id,
            "genesis_hash": about.genesis_hash,
            "created_at_block": about.created_at_block,
            "name": about.name,
            "description": about.description,
            "kind": about.kind,
            "configuration": f"{about.configuration:#066x}",
            "classes": list(data.classes),
            "features": model.to_configuration().dimension,
            "vocabulary": None if known is None else f"{known.id}/{known.version}",
        },
        "incentive": {"id": about.incentive, "terms": about.terms.as_dict()},
        "block": {"number": data.block.number, "hash": data.block.hash, "time": data.block.timestamp},
        "counts": {
            "contributions": len(data),
            "taught": sum(one.contribution.taught for one in logged) if at_once else None,
            "learned": len(data) if at_once else len(data.log.learned),
            "contributors": len(authors),
            "batches": len({one.batch for one in logged if one.batch is not None}),
            "sponsored": sum(bool(one.payee) for one in logged),
            "classes": {
                name: sum(one.contribution.label == k for one in logged) for k, name in enumerate(data.classes)
            },
            "outcomes": {
                outcome.value: {
                    "contributions": sum(fate.outcome is outcome for fate in data.fates),
                    "stake_wei": str(_stakes(data, outcome)),
                }
                for outcome in Outcome
            },
        },
        "contributors": [{"account": account, "contributions": count} for account, count in most],
        "span": None
        if not logged
        else {
            "first_block": logged[0].block,
            "last_block": logged[-1].block,
            "first_time": min(times),
            "last_time": max(times),
        },
        "hashes": {
            "data": data_hash,
            "words": "0x" + model.words_hash().hex(),
            "files": {
                name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
                for name, content in files.items()
            },
        },
    }


def _stakes(data: DataSet, outcome: Outcome) -> int:
    pairs = zip(data.log.contributions, data.fates, strict=True)
    return sum(one.contribution.stake_wei for one, fate in pairs if fate.outcome is outcome)


def card_text(card: dict[str, Any]) -> str:
    """The card as Markdown, for people."""
    model, block, counts, hashes = card["model"], card["block"], card["counts"], card["hashes"]
    meanings = MEANINGS[card["incentive"]["id"]]
    lines = [
        f"# {_plain(model['name']) or 'Model'}: all contributions up to block {block['number']:,}",
        "",
        *([_plain(model["description"]), ""] if model["description"] else []),
        *_table(
            ("", ""),
            [
                ("model", f"`{model['address']}` on chain {model['chain_id']}"),
                ("kind", f"{model['kind']}, {model['features']:,} features"),
                ("incentive", card["incentive"]["id"]),
                ("block", f"{block['number']:,}, `{block['hash']}`, {_when(block['time'])}"),
                ("contributions", f"{counts['contributions']:,}, of which the model learned {counts['learned']:,}"),
                ("new to the model", "not known in markets" if counts["taught"] is None else f"{counts['taught']:,}"),
                ("contributors", f"{counts['contributors']:,}"),
                ("time span", _span(card["span"])),
                ("batches", f"{counts['batches']:,}"),
                ("sponsored", f"{counts['sponsored']:,}"),
                ("vocabulary", model["vocabulary"] or "not known: features are numbers only"),
            ],
        ),
        "",
        "## Classes",
        "",
        *_table(
            ("number", "class", "contributions"),
            [(k, _plain(name), f"{count:,}") for k, (name, count) in enumerate(counts["classes"].items())],
        ),
        "",
        "## Outcomes",
        "",
        *_table(
            ("outcome", "contributions", "stakes", "meaning under this incentive"),
            [
                (name, f"{one['contributions']:,}", format_ether(int(one["stake_wei"])), meanings[Outcome(name)])
                for name, one in counts["outcomes"].items()
                if Outcome(name) in meanings
            ],
        ),
        "",
    ]
    if card["contributors"]:
        rows = [(f"`{one['account']}`", f"{one['contributions']:,}") for one in card["contributors"]]
        lines += ["## Most active contributors", "", *_table(("account", "contributions"), rows), ""]
    lines += [
        "## Columns",
        "",
        *_table(("column", "meaning"), [(f"`{column.name}`", column.meaning) for column in CONTRIBUTIONS]),
        "",
        "Parquet has the features as two columns of lists, `indices` and `values`. SVMlight has labels and features "
        "only; the other columns lie beside it, row by row. `weights` holds the model's numbers as of the block, "
        "`words.bin` the same as the contract's storage words.",
        "",
        "## Hashes",
        "",
        *_table(
            ("of", "hash"),
            [
                ("the contributions as CSV (SHA-256), whatever the format of the files here", f"`{hashes['data']}`"),
                ("configuration and words, as a contract's seal has it (keccak-256)", f"`{hashes['words']}`"),
                *(
                    (f"`{name}` ({one['bytes']:,} bytes, SHA-256)", f"`{one['sha256']}`")
                    for name, one in hashes["files"].items()
                ),
            ],
        ),
        "",
        "Everything here follows from the chain's log up to the block: whoever exports it gets the same bytes.",
        "",
    ]
    return "\n".join(lines)


def with_card(data: DataSet, files: dict[str, bytes], data_hash: str) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files with the card behind them, as ``card.json`` and ``README.md``; and the card."""
    card = card_of(data, files, data_hash)
    as_json = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    return {**files, "README.md": card_text(card).encode(), "card.json": as_json.encode()}, card


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    return [*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)]


def _plain(text: str) -> str:
    """A creator's text on one line, without what would break a table or be taken for markup."""
    for sign in "\\`*_[]<>|#":
        text = text.replace(sign, "\\" + sign)
    return " ".join(text.split())


def _span(span: dict[str, int] | None) -> str:
    if span is None:
        return "none"
    blocks = f"blocks {span['first_block']:,} to {span['last_block']:,}"
    return f"{_when(span['first_time'])} to {_when(span['last_time'])}, {blocks}"


def _when(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
