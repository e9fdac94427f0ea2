/** Accounts: money, standing, the board of all. */

import type { AccountStatus, Standing } from "../api.ts";
import { checksummed } from "../chain/abi.ts";
import type { Context } from "./context.ts";
import type { Derived } from "./derived.ts";
import { awardedBadges, noStanding, pointsRanking, stakedRanking } from "./ranking.ts";

/** Rows for which badges are asked: the rest of a long board shows none. */
const MOST_BADGE_ROWS = 50;

/** An account's part in a model. */
export async function accountStatus({ contract, log }: Context, address: string): Promise<AccountStatus> {
  const who = checksummed(address);
  const { word } = contract.incentive;
  const [balanceWei, kept, derived] = await Promise.all([
    contract.node.balance(who),
    contract.read("accountOf", [who]),
    log.get(),
  ]);
  const own = derived.contributions.filter((one) => one.author === who);
  const lockedWei = own.filter((one) => !derived.endings.has(one.id)).reduce((sum, one) => sum + one.stakeWei, 0n);
  return {
    address: who,
    balanceWei,
    owedWei: word === "points" ? 0n : kept.owedWei,
    provenGwei: word === "self-assessment" ? kept.provenGwei : 0n,
    lockedWei: word === "points" ? 0n : word === "market" ? kept.stakeWei : lockedWei,
    contributions: own.length,
    points: word === "points" ? await standing({ contract }, who, derived) : null,
    isPunished: word === "market" && kept.isPunished,
  };
}

async function standing({ contract }: Pick<Context, "contract">, who: string, derived: Derived): Promise<Standing> {
  const found = ranking({ contract }, derived).find((one) => one.address === who);
  const row = found ?? noStanding(who, derived.ledger!.weightOf(who));
  return { ...row, badges: (await awardedBadges(contract, [who])).get(who)! };
}

/** Everybody with a part in a model, the best first. */
export async function board({ contract }: Pick<Context, "contract">, derived: Derived): Promise<readonly Standing[]> {
  const rows = ranking({ contract }, derived);
  if (contract.incentive.word !== "points") return rows;
  const shown = rows.slice(0, MOST_BADGE_ROWS).map((row) => row.address);
  const awarded = await awardedBadges(contract, shown);
  return rows.map((row) => ({ ...row, badges: awarded.get(row.address) ?? [] }));
}

function ranking({ contract }: Pick<Context, "contract">, { ledger, events, contributions }: Derived): Standing[] {
  const { terms } = contract;
  if (terms.incentive !== "points") return stakedRanking(events, terms.incentive);
  return pointsRanking(
    ledger!,
    terms,
    contributions.map((one) => one.author),
  );
}
