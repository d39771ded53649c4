//! What waits for staff: each told once, and ended by what they do.

use super::Settled;
use super::rule::Waits;
use super::schedule::Schedule;
use crate::for_staff;
use crate::morning::Morning;
use crate::state::Case;
use domain::{ClaimId, Money};
use messages::{ClaimState, Settlement};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

impl Case {
    /// What waits, by code.
    fn waits(
        &self,
        ruled: Result<(), Waits>,
        schedule: &Schedule,
        standings: &[(ClaimId, ClaimState)],
        today: domain::Day,
    ) -> BTreeMap<String, String> {
        let mut waits = BTreeMap::new();
        let mut wait = |code: &str, detail: String| drop(waits.insert(code.to_owned(), detail));
        if let Err(Waits { code, detail }) = ruled {
            wait(code, detail);
        }
        let Some(repayment) = &self.repayment else { return waits };
        let dropped = repayment.notices.iter().find(|(id, notice)| {
            !notice.spent && self.hearings.get(*id).is_some_and(|hearing| hearing.dropped())
        });
        if let Some((id, _)) = dropped {
            wait(
                "notice_dropped",
                format!(
                    "the notice {id} was dropped: send set_circumstances as they are, or withdraw the claims"
                ),
            );
        }
        let listed = |wanted: &dyn Fn(&ClaimId, ClaimState) -> bool| {
            let names =
                standings.iter().filter(|(id, state)| wanted(id, *state)).map(|(id, _)| id.to_string());
            Some(names.collect::<Vec<_>>().join(", ")).filter(|names| !names.is_empty())
        };
        let over =
            |_: &ClaimId, state| matches!(state, ClaimState::Lapsed { .. } | ClaimState::TimeBarred { .. });
        if let Some(claims) = listed(&over) {
            let detail = format!("{claims} can no longer be demanded: write them off with settle_claim");
            wait("claims_to_write_off", detail);
        }
        let overpaid = |id: &ClaimId, _| repayment.left(id, today, &schedule.charged) < Decimal::ZERO;
        if let Some(claims) = listed(&overpaid) {
            wait(
                "claims_overpaid",
                format!("more was settled and charged than is owed of {claims}: pay it back"),
            );
        }
        let may_go = repayment.missed.keys().filter(|month| {
            self.transferable_since(**month).is_some() && self.instalment_of(**month).is_some()
        });
        let months: Vec<String> = may_go.map(ToString::to_string).collect();
        if !months.is_empty() {
            let months = months.join(", ");
            let detail = format!(
                "reminder and determination were in vain for {months}: transfer the claims with settle_claim, which names the \
                 months, or send payment_made"
            );
            wait("may_be_transferred", detail);
        }
        waits
    }
}

impl Morning<'_> {
    /// Tells staff of what has come to wait, and ends what does not any more.
    pub fn tell_waits(
        &mut self,
        case: &mut Case,
        ruled: Result<(), Waits>,
        schedule: &Schedule,
        standings: &[(ClaimId, ClaimState)],
    ) {
        let now = case.waits(ruled, schedule, standings, self.today());
        let Some(repayment) = &mut case.repayment else { return };
        let before = std::mem::replace(&mut repayment.waits, now.clone());
        let (key, today) = (self.opened.case.as_str(), self.today());
        let id = |code: &str| format!("{code}/{key}");
        for (code, _) in before.iter().filter(|(code, _)| !now.contains_key(*code)) {
            self.effects.send(&for_staff::ended(id(code), key, today, "closed"));
        }
        for (code, detail) in now.iter().filter(|(code, detail)| before.get(*code) != Some(detail)) {
            self.effects.send(&for_staff::waits(id(code), key, today, code, detail.clone()));
        }
    }

    /// Writes off what can no longer be demanded, where the authority has said that nobody has to look. Whether anything was.
    pub fn write_off(
        &mut self,
        case: &mut Case,
        schedule: &Schedule,
        standings: &[(ClaimId, ClaimState)],
    ) -> bool {
        let today = self.today();
        let Some(repayment) = &mut case.repayment else { return false };
        if !self.rules.repayment.settings.automatic_write_off {
            return false;
        }
        let mut any = false;
        for (id, state) in standings {
            if matches!(state, ClaimState::Lapsed { .. } | ClaimState::TimeBarred { .. }) {
                let amount = Money::dkk_half_up(repayment.left(id, today, &schedule.charged));
                let (claim, by, instalments) = (id.clone(), Settlement::WrittenOff, Some(BTreeSet::new()));
                let settled = Settled { claim, on: today, amount, by, instalments };
                repayment.settlements.insert(format!("automatic/{id}"), settled);
                any = true;
            }
        }
        any
    }
}
