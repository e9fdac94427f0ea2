/** What is fixed about a model: its rules, contracts and the people that were named. */

import { formatDuration, formatEther, formatPoints, type Model } from "../core/index.ts";
import type { App, Change } from "../ui/app.ts";
import { type Child, h, replace } from "../ui/dom.ts";
import { basisPoints } from "../ui/format.ts";
import { loading, refusalNotice } from "../ui/notice.ts";
import { rateField } from "../ui/rate.ts";
import { facts } from "../ui/table.ts";
import { latest, type View } from "./view.ts";

const NOBODY = /^0x0{40}$/;

function code(text: string): Child {
  return NOBODY.test(text) ? "nobody" : h("code", { class: "long" }, text);
}

function rules(model: Model): HTMLElement {
  const { terms } = model.info;
  if (terms.incentive === "points")
    return facts(
      ["Founders", h("span", {}, ...terms.founders.map((one) => h("code", { class: "long" }, one)))],
      ["Each may spend", formatPoints(terms.grant)],
      ["A vote weighs", `${formatPoints(terms.leastVote)} to ${formatPoints(terms.mostVote)}`],
      ["Others may give", `${basisPoints(terms.giveBps)} of the points received`],
      ["Each point given costs", String(terms.feeBps / 10_000)],
      ["Votes are open for", formatDuration(terms.voteSeconds)],
    );
  if (terms.incentive === "market")
    return facts(
      ["Least stake", formatEther(terms.minStakeWei)],
      ["Provider's bond", formatEther(terms.bondWei)],
      ["Bond of a posted outcome", formatEther(terms.postBondWei)],
      ["Fee of a step", formatEther(terms.stepFeeWei)],
      ["The bounty pays", `${terms.fullScore} points of score`],
      ["Most contributions", String(terms.mostContributions)],
      ["Rounds", String(terms.rounds)],
      ["Contributions for", formatDuration(terms.participateSeconds)],
      ["Reveal within", formatDuration(terms.revealSeconds)],
      ["Disputes for", formatDuration(terms.disputeSeconds)],
    );
  return facts(
    ["Lowest stake", formatEther(terms.floorWei)],
    ["Each contribution raises it by", basisPoints(terms.growthBps)],
    ["Its excess halves every", formatDuration(terms.halfLifeSeconds)],
    ["Refund from", formatDuration(terms.refundWaitSeconds)],
    ["Report from", formatDuration(terms.reportWaitSeconds)],
    ["Sweep from", formatDuration(terms.sweepWaitSeconds)],
    ["Reporter's part, at most", basisPoints(terms.reporterBps)],
    ["Beneficiary", code(terms.beneficiary)],
  );
}

export function aboutView(app: App, model: Model): View {
  const { info } = model;
  const money = h("div", {});
  const show = latest(async (isNewest) => {
    if (!money.firstChild) replace(money, loading("Asking the node …"));
    try {
      const status = await model.status();
      if (!isNewest()) return;
      replace(
        money,
        facts(
          ["Contributions", status.contributions.toLocaleString("en")],
          info.incentive === "points"
            ? null
            : [info.incentive === "market" ? "Least stake" : "Stake now", app.money(status.stakeWei)],
          info.incentive === "points" ? null : ["Locked stakes", app.money(status.lockedWei)],
          info.incentive === "self-assessment" ? ["Proven by all", app.money(status.provenGwei * 10n ** 9n)] : null,
          ["As of block", String(status.block)],
        ),
      );
    } catch (error) {
      if (isNewest()) replace(money, refusalNotice(error));
    }
  });
  show();
  const { featurizer } = info;
  const element = h(
    "div",
    { class: "two" },
    h(
      "section",
      { class: "card" },
      h("h2", {}, "The model"),
      facts(
        ["Kind", info.kind],
        ["Classes", info.classes.join(", ")],
        [
          "Samples",
          featurizer.id
            ? `${featurizer.id}/${featurizer.version}, ${featurizer.dimension.toLocaleString("en")} features`
            : "encoded by whoever contributes",
        ],
        ["Address", code(info.address)],
        ["Contract of the weights", code(info.modelAddress)],
        ["Creator", code(info.creator)],
        ["May add classes", code(info.curator)],
        ["Created in block", String(info.createdAtBlock)],
        ["Chain", `${info.network} (${info.chainId})`],
      ),
    ),
    h("section", { class: "card" }, h("h2", {}, "Its rules, for good"), rules(model)),
    h("section", { class: "card" }, h("h2", {}, "Now"), money),
    h("section", { class: "card" }, h("h2", {}, "Dollars"), rateField(app)),
  );
  return {
    element,
    refresh: (change: Change) => {
      if (change === "chain" || change === "money") show();
    },
  };
}
