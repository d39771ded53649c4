//! Orders become facts of the case. Nothing is decided here.

use super::{NotFetched, Repayment, Settled};
use crate::facts::Touched;
use crate::state::{Case, Opened, Stated};
use domain::{ClaimId, Period};
use messages::{BillingMode, CaseCommand, Cause, Party, RepaymentOrder, Scheme, Settlement};
use runtime::Refusal;

impl Case {
    /// Applies an order about a debtor.
    pub fn order_repayment(
        &mut self,
        command: &CaseCommand,
        order: &RepaymentOrder<Party>,
    ) -> Result<Touched, Refusal> {
        if let RepaymentOrder::OpenRepayment { debtor } = order {
            if self.opened.is_some() {
                return Err(Refusal::new("opened_twice", "the case is open, for its one debtor"));
            }
            self.opened = Some(Opened {
                case: command.case.clone(),
                authority: command.authority.clone(),
                scheme: Scheme::DkCashRepayment,
                billing: BillingMode::Monthly,
            });
            self.before_opening.authority = None;
            self.payers.insert(command.issued_on, Stated::by(command, debtor.clone()));
        }
        let repayment = self.repayment.get_or_insert_default();
        match order {
            RepaymentOrder::OpenRepayment { .. } => {}
            RepaymentOrder::RegisterClaim(claim) => {
                if repayment.claims.contains_key(&claim.claim) {
                    return Err(Refusal::new(
                        "claim_taken",
                        "the claim is registered already: settle or withdraw it, or use another claim id",
                    ));
                }
                repayment.claims.insert(claim.claim.clone(), Stated::by(command, claim.clone()));
            }
            RepaymentOrder::WithdrawClaim { claim, reason } => {
                repayment.withdrawn.insert(claim.clone(), reason.clone());
            }
            RepaymentOrder::SettleClaim { claim, on, amount, by, instalments } => {
                let (claim, instalments) = (claim.clone(), Some(instalments.clone()));
                let settled = Settled { claim, on: *on, amount: *amount, by: *by, instalments };
                self.check_transfer(&settled)?;
                self.repayment.get_or_insert_default().settle(command.id.clone(), settled)?;
            }
            RepaymentOrder::SetCircumstances { from, circumstances } => {
                Stated::keep(&mut repayment.circumstances, *from, Stated::by(command, circumstances.clone()));
                return Ok(Touched::All(Cause::IncomeRecalculation));
            }
            RepaymentOrder::CircumstancesNotFetched { on, reason } => {
                let failed = NotFetched { on: *on, reason: reason.clone() };
                Stated::replace(&mut repayment.not_fetched, Stated::by(command, failed));
            }
            RepaymentOrder::PaymentMissed { period, due_on } => {
                let missed = repayment.missed.entry(*period).or_default();
                Stated::replace(&mut missed.due_on, Stated::by(command, *due_on));
            }
            RepaymentOrder::PaymentMade { period, paid_on } => {
                let missed = repayment.missed.entry(*period).or_default();
                Stated::replace(&mut missed.paid_on, Stated::by(command, *paid_on));
            }
        }
        Ok(Touched::All(Cause::Claims))
    }
}

impl Case {
    /// Refuses that an instalment goes to recovery with something that is no transfer, or before it may.
    fn check_transfer(&self, settled: &Settled) -> Result<(), Refusal> {
        let may_go = |month: &Period| {
            let since = self.transferable_since(*month);
            settled.by == Settlement::Transferred && since.is_some_and(|since| since <= settled.on)
        };
        let Some(month) = settled.instalments.iter().flatten().find(|month| !may_go(month)) else {
            return Ok(());
        };
        Err(Refusal::new(
            "not_transferable",
            format!(
                "the instalment of {month} cannot go to recovery with it on {}: only with a transfer, from the day on which \
                 reminder, determination and the letter on the transfer have come and it is not paid (rettidig tasks lists it as \
                 may_be_transferred); leave it out of `instalments`, or send this once it may",
                settled.on
            ),
        ))
    }
}

impl Repayment {
    /// Keeps what reduces a claim. Refuses more than the claim, whatever came first.
    fn settle(&mut self, order: String, new: Settled) -> Result<(), Refusal> {
        if let Some(claim) = self.claims.get(&new.claim) {
            let known: rust_decimal::Decimal = self
                .settlements
                .values()
                .filter(|settled| settled.claim == new.claim)
                .map(|settled| settled.amount.amount())
                .sum();
            if known + new.amount.amount() > claim.what.principal.amount() {
                return Err(Refusal::new(
                    "more_than_the_claim",
                    "with what has been settled before it is more than the claim: send what is left, or withdraw the claim",
                ));
            }
        }
        self.settlements.insert(order, new);
        Ok(())
    }

    /// The claims that orders name and nobody has registered.
    pub fn unknown_claims(&self) -> impl Iterator<Item = &ClaimId> {
        let named = self.settlements.values().map(|settled| &settled.claim).chain(self.withdrawn.keys());
        named.filter(|claim| !self.claims.contains_key(claim))
    }

    /// Staff have said that an order named it by mistake.
    pub fn forget(&mut self, named: &str) {
        self.settlements.retain(|_, settled| settled.claim.as_str() != named);
        self.withdrawn.retain(|claim, _| claim.as_str() != named);
        self.missed.retain(|month, _| month.to_string() != named);
    }
}
