/** From a wish to a receipt: what it costs, the signature, the block. The same way for everything that is signed. */

import { type Action, explain, type Quote, type Receipt, type SendStage } from "../core/index.ts";
import type { App } from "./app.ts";
import { type Dialog, openDialog } from "./dialog.ts";
import { button, h, replace } from "./dom.ts";
import { sentence, shortHash } from "./format.ts";
import { loading, notice, refusalNotice } from "./notice.ts";
import { rateField } from "./rate.ts";
import { facts } from "./table.ts";
import { chooseWallet, wrongChainNotice } from "./wallet.ts";

const DEFAULT_TITLES: Record<Action["do"], string> = {
  contribute: "Contribute",
  "contribute-many": "Contribute",
  refund: "Take stakes back",
  report: "Report",
  sweep: "Sweep",
  confirm: "Confirm",
  contest: "Contest",
  withdraw: "Withdraw",
  judge: "Count votes",
  "claim-badge": "Claim a badge",
  draw: "Draw a partition",
  end: "End the market",
  prepare: "Prepare the test set",
  accept: "Accept the outcome",
};

/** Money of a quote, in ether and dollars. */
export function costs(app: App, quote: Quote): HTMLElement {
  const price = `${quote.gas.toLocaleString("en")} gas at ${(Number(quote.gasPriceWei) / 1e9).toPrecision(3)} gwei`;
  return facts(
    [
      "Fee to the network",
      h(
        "span",
        {},
        h("b", {}, app.money(quote.feeWei)),
        h("small", { class: "muted" }, ` ${price}; at most ${app.money(quote.mostFeeWei)}`),
      ),
    ],
    quote.stakeWei > 0n ? ["Stake, comes back if the data are good", h("b", {}, app.money(quote.stakeWei))] : null,
    quote.mostValueWei > quote.stakeWei
      ? ["Sent along at most", `${app.money(quote.mostValueWei)}; what is not needed is credited to you`]
      : null,
    quote.gainWei > 0n ? ["You are credited", h("b", { class: "good" }, app.money(quote.gainWei))] : null,
    ["Together", h("b", {}, app.money(quote.totalWei))],
    ["Your balance", app.money(quote.balanceWei)],
  );
}

interface Stages {
  readonly element: HTMLElement;
  tell(stage: SendStage): void;
}

function stages(walletName: string): Stages {
  const signing = h("li", { class: "current" }, `Sign it in ${walletName}`);
  const sent = h("li", {}, "Send it to the chain");
  const mined = h("li", {}, "Wait for its block");
  const list = h("ol", { class: "stages" }, signing, sent, mined);
  const note = h("p", { class: "muted", hidden: true }, "It is on its way: closing this window does not stop it.");
  const element = h("div", { class: "stack", role: "status" }, list, note);
  return {
    element,
    tell(stage) {
      if (stage.stage === "sent") {
        signing.className = "done";
        sent.className = "done";
        sent.textContent = `Sent: ${shortHash(stage.txHash)}`;
        mined.className = "current";
        note.hidden = false;
      } else if (stage.stage === "mined") {
        mined.className = "done";
        mined.textContent = `In block ${stage.block}`;
      }
    },
  };
}

function receiptView(app: App, receipt: Receipt, onClose: () => void): HTMLElement {
  return h(
    "div",
    { class: "receipt" },
    notice(
      receipt.refused.length > 0 ? "warning" : "success",
      h("p", {}, "Done."),
      h(
        "ul",
        {},
        ...receipt.lines.map((line) => h("li", {}, sentence(line))),
        ...receipt.refused.map((line) => h("li", {}, `Refused: ${line}`)),
      ),
    ),
    facts(
      ["Fee paid", app.money(receipt.feeWei)],
      ["Block", String(receipt.block)],
      ["Transaction", h("code", { class: "long" }, receipt.txHash)],
    ),
    h("div", { class: "actions" }, button("Close", onClose, { class: "primary", autofocus: true })),
  );
}

/**
 * Show what an action costs, have it signed, and wait for its block.
 *
 * @returns The receipt; null if the user left before anything was signed, or it failed.
 */
export function act(app: App, action: Action, title = DEFAULT_TITLES[action.do]): Promise<Receipt | null> {
  return new Promise((resolve) => {
    let receipt: Receipt | null = null;
    let isSending = false;
    let turn = 0;
    const finish = (): void => {
      stop();
      resolve(receipt);
    };
    const dialog: Dialog = openDialog(title, finish);
    dialog.element.classList.add("signing");
    const show = (...children: (Node | null)[]): void => void replace(dialog.body, ...children);
    const cancel = (): HTMLButtonElement => button("Cancel", dialog.close);

    const send = async (quote: Quote): Promise<void> => {
      const { model, wallet } = app;
      if (!model || !wallet) return;
      isSending = true;
      const steps = stages(wallet.offer.name);
      show(steps.element);
      try {
        receipt = await model.send(quote, wallet, (stage) => steps.tell(stage));
        show(receiptView(app, receipt, dialog.close));
        dialog.body.querySelector("button")?.focus();
        void model.sync().catch(() => {}); // the header says so when the node is down
      } catch (error) {
        const words = explain(error).code === "rejected" ? "Back to the cost" : "Try again";
        show(
          refusalNotice(error),
          h(
            "div",
            { class: "actions" },
            button(words, () => void begin(), { class: "primary" }),
            cancel(),
          ),
        );
        dialog.body.querySelector("button")?.focus();
      } finally {
        isSending = false;
      }
    };

    const begin = async (): Promise<void> => {
      const { model } = app;
      turn += 1;
      const mine = turn;
      if (!model) return dialog.close();
      if (!app.account) {
        const choose = (): void => void chooseWallet(app);
        show(
          notice("info", h("p", {}, "This is signed by a wallet, and none is connected.")),
          h("div", { class: "actions" }, button("Choose wallet", choose, { class: "primary" }), cancel()),
        );
        return;
      }
      if (app.isOnWrongChain) {
        show(wrongChainNotice(app), h("div", { class: "actions" }, cancel()));
        return;
      }
      show(loading("Asking the node what it costs …"));
      try {
        const quote = await model.quote(action, app.account);
        if (mine !== turn || !dialog.element.isConnected) return;
        const sign = button("Sign in the wallet", () => void send(quote), {
          class: "primary",
          disabled: !quote.isAffordable,
        });
        show(
          h("p", { class: "what" }, sentence(quote.what)),
          costs(app, quote),
          rateField(app),
          quote.notes.length > 0 ? notice("info", ...quote.notes.map((note) => h("p", {}, note))) : null,
          quote.isAffordable
            ? null
            : notice(
                "error",
                h("p", {}, `The account has too little ether: up to ${app.money(quote.mostWei)} must be there.`),
              ),
          h("div", { class: "actions" }, sign, cancel()),
        );
        (quote.isAffordable ? sign : dialog.body.querySelector<HTMLElement>(".actions button:last-child"))?.focus();
        shown = quote;
      } catch (error) {
        if (mine !== turn) return;
        show(
          refusalNotice(error),
          h(
            "div",
            { class: "actions" },
            button("Try again", () => void begin()),
            cancel(),
          ),
        );
      }
    };

    let shown: Quote | null = null;
    const stop = app.subscribe((change) => {
      if (isSending || receipt) return;
      if (change === "wallet") void begin();
      const old = dialog.body.querySelector("dl.facts");
      if (change === "money" && shown && old) old.replaceWith(costs(app, shown));
    });
    void begin();
  });
}
