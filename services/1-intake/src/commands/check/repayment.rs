//! What the type of an order about a debtor does not say.

use super::Check;
use chrono::Datelike;
use domain::{Cpr, Day, Money, Period};
use messages::{Circumstances, IncomeSource, NetIncome, RepayableClaim, RepaymentOrder, Settlement};

/// The months that are compared: the latest and the one before.
const MONTHS_MAX: usize = 2;

/// The latest month that the income register has is one of so many before the day on which it was asked.
const MONTHS_BACK_MAX: u32 = 3;

/// A tax statement is of one of so many income years before the day on which it was fetched.
const YEARS_BACK_MAX: i32 = 2;

impl Check {
    pub(super) fn repayment(&mut self, order: &RepaymentOrder<Cpr>) {
        match order {
            RepaymentOrder::OpenRepayment { .. } => {}
            RepaymentOrder::RegisterClaim(claim) => {
                self.base = "/order/repayment/register_claim";
                self.claim(claim);
            }
            RepaymentOrder::WithdrawClaim { claim, reason } => {
                self.base = "/order/repayment/withdraw_claim";
                self.word("/claim", claim.as_str());
                self.text("/reason", reason);
            }
            RepaymentOrder::SettleClaim { claim, on, amount, by, instalments } => {
                self.base = "/order/repayment/settle_claim";
                self.word("/claim", claim.as_str());
                self.day("/on", *on);
                self.owed("/amount", *amount);
                if !instalments.is_empty() && *by != Settlement::Transferred {
                    self.fault("/instalments", "missed instalments go with a transfer to recovery only");
                }
            }
            RepaymentOrder::SetCircumstances { from, circumstances } => {
                self.base = "/order/repayment/set_circumstances";
                self.day("/from", *from);
                self.circumstances(circumstances);
            }
            RepaymentOrder::CircumstancesNotFetched { on, reason } => {
                self.base = "/order/repayment/circumstances_not_fetched";
                self.passed("/on", *on);
                self.text("/reason", reason);
            }
            RepaymentOrder::PaymentMissed { due_on, .. } => {
                self.base = "/order/repayment/payment_missed";
                self.day("/due_on", *due_on);
                if *due_on >= self.issued_on {
                    self.fault(
                        "/due_on",
                        "the day on which it was due has not passed on the day of the order",
                    );
                }
            }
            RepaymentOrder::PaymentMade { paid_on, .. } => {
                self.base = "/order/repayment/payment_made";
                self.passed("/paid_on", *paid_on);
            }
        }
    }

    /// A day that has come when it is told.
    fn passed(&mut self, at: &str, day: Day) {
        self.day(at, day);
        if day > self.issued_on {
            self.fault(at, "it lies after the day of the order");
        }
    }

    /// An amount of a debt: something.
    fn owed(&mut self, at: &str, amount: Money) {
        self.amount(at, amount);
        if amount.is_zero() {
            self.fault(at, "the amount is nothing");
        }
    }

    fn claim(&mut self, claim: &RepayableClaim) {
        self.word("/claim", claim.claim.as_str());
        self.owed("/principal", claim.principal);
        self.passed("/help_ended_on", claim.help_ended_on);
        if claim.month > Period::of(claim.help_ended_on) {
            self.fault("/month", "the help had ended before this month");
        }
        let days = [
            ("/learned_on", claim.learned_on),
            ("/could_pay_on", claim.could_pay_on),
            ("/demanded_by", claim.demanded_by),
        ];
        for (at, day) in days {
            if let Some(day) = day {
                self.passed(at, day);
            }
        }
    }

    fn circumstances(&mut self, found: &Circumstances) {
        self.passed("/circumstances/fetched_on", found.fetched_on);
        match (&found.authorisation, found.source) {
            (None, IncomeSource::IncomeRegister) => self.fault(
                "/circumstances/authorisation",
                "the income register is not asked without an authorisation: name it",
            ),
            (Some(authorisation), _) => self.word("/circumstances/authorisation", authorisation),
            (None, _) => {}
        }
        let fetched_in = Period::of(found.fetched_on);
        match &found.income {
            NetIncome::LatestMonths(months) => {
                let at = "/circumstances/income/latest_months";
                if months.is_empty() || months.len() > MONTHS_MAX {
                    self.fault(at, "it holds the latest month, or that and the one before");
                }
                for (n, month) in months.iter().enumerate() {
                    self.amount(&format!("{at}/{n}/net"), month.net);
                }
                if let Some(latest) = months.first() {
                    let oldest = fetched_in.minus_months(MONTHS_BACK_MAX);
                    if latest.month > fetched_in || latest.month < oldest {
                        self.fault(
                            &format!("{at}/0/month"),
                            "it is none of the three months before the income was fetched: send the latest tax statement",
                        );
                    }
                    if months.get(1).is_some_and(|before| before.month != latest.month.minus_months(1)) {
                        self.fault(&format!("{at}/1/month"), "it is not the month before the latest");
                    }
                }
            }
            NetIncome::TaxYear { year, net } => {
                self.amount("/circumstances/income/tax_year/net", *net);
                let this_year = found.fetched_on.year();
                if *year >= this_year || *year < this_year - YEARS_BACK_MAX {
                    self.fault(
                        "/circumstances/income/tax_year/year",
                        "it is none of the latest two income years: then the income is not_found",
                    );
                }
            }
            NetIncome::NotFound => {}
        }
    }
}
