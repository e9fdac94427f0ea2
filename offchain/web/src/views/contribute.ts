/** One labelled sample for the model to learn. */

import { type Action, explain, formatDuration, formatEther, type Model, parseEther } from "../core/index.ts";
import type { App, Change } from "../ui/app.ts";
import { field, h, replace } from "../ui/dom.ts";
import { basisPoints, count } from "../ui/format.ts";
import { form, sampleInput } from "../ui/input.ts";
import { LabelChoice } from "../ui/labels.ts";
import { encodeLines, sampleLine, takesLines } from "../ui/lines.ts";
import { notice, refusalNotice } from "../ui/notice.ts";
import { routeTo } from "../ui/router.ts";
import { act } from "../ui/signing.ts";
import { latest, type View } from "./view.ts";

/** What happens to the stake, in a few sentences. */
export function rulesInWords(model: Model): string[] {
  const { terms } = model.info;
  if (terms.incentive === "points")
    return [
      "Nothing is staked: you pay the fee of the transaction only.",
      `Others can confirm or contest it for ${formatDuration(terms.voteSeconds)}; confirmations give you points.`,
    ];
  if (terms.incentive === "market")
    return [
      "Your stake is locked until the market is settled. What improved the model on the secret test set gains, what harmed it loses.",
      "The model learns what was not punished after the market's end.",
    ];
  return [
    `After ${formatDuration(terms.refundWaitSeconds)} you can take the stake back, if the model then agrees with your label.`,
    `If it disagrees, others can report it after ${formatDuration(terms.reportWaitSeconds)}: then the stake is lost, up to ${basisPoints(terms.reporterBps)} of it to the reporter and the rest to proven contributors.`,
    `Unclaimed stakes go to the beneficiary after ${formatDuration(terms.sweepWaitSeconds)}.`,
  ];
}

export function contributeView(app: App, model: Model): View {
  const { info } = model;
  const opinion = h("div", { "aria-live": "polite" });
  const said = h("div", {});
  const stakeNow = h("p", { class: "stake-now" });
  const input = sampleInput(info.featurizer, () => {
    replace(said);
    judge();
  });
  if (app.carried) input.write(app.carried);

  const labels = new LabelChoice("What it really is", () => judge());
  labels.show(info, model.now());
  const isMarket = info.incentive === "market";
  const stake = h("input", { type: "text", inputmode: "decimal", autocomplete: "off" });

  /** What the model thinks of it now, before any money is spent. */
  const judge = (): void => {
    const raw = input.read();
    if (!raw) return void replace(opinion);
    try {
      const { label, className } = model.predict(raw);
      const given = labels.chosen;
      const words =
        given < 0
          ? `The model says ${className}.`
          : given === label
            ? `The model says ${className} too. If it is already sure, it learns nothing new.`
            : `The model says ${className}: it is taught by this, and must come to agree with you before you can be refunded.`;
      replace(
        opinion,
        h(
          "p",
          { class: "muted" },
          info.incentive === "self-assessment" || given < 0 ? words : `The model says ${className} now.`,
        ),
      );
    } catch (error) {
      replace(opinion, h("p", { class: "muted" }, explain(error).message)); // no alarm: it may be half typed
    }
  };

  const submit = async (): Promise<void> => {
    const raw = input.read();
    const label = labels.chosen;
    if (!raw || label < 0) {
      replace(
        said,
        notice(
          "error",
          h("p", {}, raw ? "Choose what it really is." : "There is nothing to contribute yet: fill in the sample."),
        ),
      );
      if (raw) labels.focus();
      else input.focus();
      return;
    }
    try {
      const { sample } = model.encode(raw);
      const action: Action = {
        do: "contribute",
        sample,
        label,
        ...(isMarket ? { stakeWei: parseEther(stake.value) } : {}),
      };
      replace(said);
      const receipt = await act(app, action);
      if (!receipt) return;
      app.carried = null;
      replace(
        said,
        notice(
          "success",
          h("p", {}, `Contribution ${receipt.ids.join(", ")} is in block ${receipt.block}.`),
          h("a", { href: routeTo(info.chainId, info.address, "mine") }, "See how yours stand"),
        ),
      );
    } catch (error) {
      replace(said, refusalNotice(error));
    }
  };

  // Many together share one transaction: cheaper for each. A market records its contributions one by one.
  const lines = h("textarea", { rows: 5, class: "mono", placeholder: sampleLine(model) });
  const saidMany = h("div", {});
  const submitMany = async (): Promise<void> => {
    replace(saidMany);
    try {
      const found = encodeLines(model, lines.value);
      if (found.length === 0) {
        replace(saidMany, notice("error", h("p", {}, "There are no lines yet.")));
        return lines.focus();
      }
      const receipt = await act(app, {
        do: "contribute-many",
        samples: found.map((one) => one.sample),
        labels: found.map((one) => one.label),
      });
      if (receipt)
        replace(
          saidMany,
          notice("success", h("p", {}, `${count(receipt.ids.length, "contribution")} in block ${receipt.block}.`)),
        );
    } catch (error) {
      replace(saidMany, refusalNotice(error));
    }
  };
  const many =
    info.incentive === "self-assessment" && takesLines(info.featurizer)
      ? h(
          "details",
          { class: "card" },
          h("summary", {}, "Many at once"),
          form(
            "See the cost of all",
            () => void submitMany(),
            field(
              "Samples, one a line",
              lines,
              "First the class, then a comma, then the sample. All go into one transaction, each under its own stake.",
            ),
            saidMany,
          ),
        )
      : null;

  const showStake = latest(async (isNewest) => {
    try {
      const { stakeWei } = await model.status();
      if (!isNewest()) return;
      if (isMarket && !stake.value) stake.value = formatEther(stakeWei);
      const words = isMarket ? "Least stake: " : info.incentive === "points" ? "Stake: none" : "Stake now: ";
      replace(stakeNow, words, info.incentive !== "points" && h("b", {}, app.money(stakeWei)));
    } catch (error) {
      if (isNewest()) replace(stakeNow, refusalNotice(error));
    }
  });
  showStake();
  judge();

  const element = h(
    "div",
    { class: "two" },
    h(
      "section",
      { class: "card" },
      h("h2", {}, "Contribute"),
      form(
        "See the cost",
        () => void submit(),
        input.element,
        labels.element,
        opinion,
        isMarket ? field("Stake", stake, "At least the least stake. More of it, more to gain or lose.") : null,
        said,
      ),
    ),
    h(
      "div",
      { class: "stack" },
      h(
        "aside",
        { class: "card" },
        h("h2", {}, "What it takes"),
        stakeNow,
        h("ul", {}, ...rulesInWords(model).map((line) => h("li", {}, line))),
        h(
          "p",
          { class: "muted" },
          "Everything that you contribute is public for ever: your address, the label, and the features of the sample.",
        ),
      ),
      many,
    ),
  );
  const refresh = (change: Change): void => {
    if (change === "chain" || change === "money") showStake();
    if (change !== "chain") return;
    labels.show(model.info, model.now());
    judge();
  };
  return { element, refresh };
}
