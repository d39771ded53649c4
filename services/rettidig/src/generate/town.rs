//! The municipality through the months.

use super::calendar::{bank_day_by, day_of, next_bank_day, plus_days};
use super::career::pass_month;
use super::cpr_file::{self, Entry};
use super::debtors;
use super::draw::Draw;
use super::eindkomst_file::{Report, write_answer};
use super::household::Household;
use super::income::{MISHAPS, Mishaps, NO_MISHAPS};
use super::limits::Limits;
use super::options::{Options, Summary};
use super::out::Tree;
use super::person::Registry;
use super::plan::{Days, PARENTS, Plan};
use super::population::Founding;
use super::{residents, swedish};
use crate::cli::WrongInput;
use anyhow::{Result, ensure};
use domain::{Cpr, Day, Period};
use messages::{CaseCommand, CaseOrder, ChildcareOrder, HousingOrder, RepaymentOrder};
use schemes::Parameters;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

/// Months before the first whose pay the first answer of the income register holds.
const PAST_MONTHS: u32 = 2;

/// What belongs to the last month still arrives for so many days after it.
const TAIL_DAYS: i64 = 20;

/// New families move in by this day of a month.
const ARRIVAL_DAY_MAX: u32 = 8;

/// Percent a month who apply anew when their income has fallen, or risen, by five steps, and who apply at all when they
/// have become entitled.
const FALLEN_PERCENT: u32 = 25;
const RISEN_PERCENT: u32 = 12;
const ENTITLED_PERCENT: u32 = 10;

/// All families.
pub struct Town<'a> {
    options: &'a Options,
    parameters: Parameters,
    registry: Registry,
    pub households: BTreeMap<u32, Household>,
    next_id: u32,
    days: Days,
    last_extract: Option<Day>,
    summary: Summary,
}

/// Months without an income scale cannot be made.
fn no_scale(day: Day, error: &anyhow::Error) -> WrongInput {
    WrongInput(match error.downcast_ref() {
        Some(schemes::Error::NoParameter { known, .. }) => {
            format!("daycare has no income scale on {day} (known: {known}): choose other --from and --months")
        }
        _ => error.to_string(),
    })
}

impl<'a> Town<'a> {
    /// The families as they are before the first month, with all that the registers first tell of them. Fails for months
    /// without a scale.
    pub fn found(options: &'a Options) -> Result<Self> {
        let parameters = schemes::dk_daycare::parameters()?;
        let last = options.from.plus_months(options.months.saturating_sub(1));
        ensure!(options.months > 0, "ask for at least one month");
        for day in [options.from.first_day(), last.last_day()] {
            Limits::on(day, &parameters).map_err(|error| no_scale(day, &error))?;
        }
        let mut town = Self {
            options,
            parameters,
            registry: Registry::default(),
            households: BTreeMap::new(),
            next_id: 1,
            days: Days::default(),
            last_extract: None,
            summary: Summary::default(),
        };
        for _ in 0..options.households {
            town.settle()?;
        }
        town.summary.residents = u64::from(residents::settle(options, &mut town.days)?);
        town.summary.debtors = u64::from(debtors::settle(options, &mut town.days)?);
        town.summary.swedish_households = u64::from(swedish::settle(options, &mut town.days)?);
        Ok(town)
    }

    /// A family that has always lived here: its records, its pay of the last months, its case.
    fn settle(&mut self) -> Result<()> {
        let (id, from) = (self.next_id, self.options.from);
        self.next_id += 1;
        let mut draw = Draw::of(self.options.seed, id, 0);
        let profile = self.options.profile;
        let mut founding = Founding { profile, registry: &mut self.registry, month: from, moved_in: None };
        let mut household = founding.family(id, &mut draw)?;
        let eve = plus_days(from.first_day(), -1);
        // Before the cases are opened, so that nothing old is news to them.
        let base_day = bank_day_by(plus_days(eve, -1));
        let entries = household.persons().map(|person| Entry::of(person, None));
        self.days.extract.entry(base_day).or_default().extend(entries);
        self.tell_past_pay(&mut household, from, base_day, &mut draw);
        let limits = Limits::on(from.first_day(), &self.parameters)?;
        self.plan(from, &limits, draw).admit(&mut household, from, eve)?;
        self.households.insert(id, household);
        Ok(())
    }

    /// The pay of the months before, as the register's answer to a first question holds it.
    fn tell_past_pay(&mut self, household: &mut Household, month: Period, asked_on: Day, draw: &mut Draw) {
        for back in (1..=PAST_MONTHS).rev() {
            for (day, report) in pay(household, month.minus_months(back), NO_MISHAPS, draw) {
                self.days.reports.entry(day.max(asked_on)).or_default().push(report);
            }
        }
    }

    fn plan<'b>(&'b mut self, month: Period, limits: &'b Limits, draw: Draw) -> Plan<'b> {
        Plan {
            profile: self.options.profile,
            standing_share: self.options.standing_share,
            month,
            limits,
            registry: &mut self.registry,
            days: &mut self.days,
            draw,
        }
    }

    /// Lets all households live through a month. As many families come as have left or outgrown daycare.
    pub fn pass(&mut self, month: Period) -> Result<()> {
        let limits = Limits::on(month.first_day(), &self.parameters)?;
        let target = usize::try_from(self.options.households)?;
        let coming = target.saturating_sub(self.households.len());
        for _ in 0..coming {
            self.welcome(month)?;
        }
        let number = u32::try_from(self.options.from.through(month).count())?;
        let mut households = std::mem::take(&mut self.households);
        for (id, household) in &mut households {
            let draw = Draw::of(self.options.seed, *id, number);
            let stays = self.plan(month, &limits, draw).pass(household)?;
            if !stays {
                household.children.clear();
            }
        }
        households.retain(|_, household| household.is_active());
        self.households = households;
        Ok(())
    }

    /// A family moves to the municipality.
    fn welcome(&mut self, month: Period) -> Result<()> {
        let id = self.next_id;
        self.next_id += 1;
        let mut draw = Draw::of(self.options.seed, id, 0);
        let day = day_of(month, draw.between(1, ARRIVAL_DAY_MAX));
        let profile = self.options.profile;
        let mut founding = Founding { profile, registry: &mut self.registry, month, moved_in: Some(day) };
        let mut household = founding.family(id, &mut draw)?;
        let event = cpr_file::Event { code: "A01", on: day };
        let entries = household.persons().map(|person| Entry::of(person, Some(event)));
        self.days.extract.entry(next_bank_day(day)).or_default().extend(entries);
        if profile.chances().asks_past_pay {
            self.tell_past_pay(&mut household, month, next_bank_day(day), &mut draw);
        }
        self.households.insert(id, household);
        Ok(())
    }

    /// Writes everything that arrives by this day.
    pub fn deliver(&mut self, tree: &Tree, by: Day) -> Result<()> {
        while let Some(day) = self.days.first().filter(|day| *day <= by) {
            self.deliver_day(tree, day)?;
        }
        Ok(())
    }

    fn deliver_day(&mut self, tree: &Tree, day: Day) -> Result<()> {
        let summary = &mut self.summary;
        if let Some(commands) = self.days.commands.remove(&day) {
            write_commands(tree, day, "commands", commands, summary)?;
        }
        if let Some(commands) = self.days.swedish.remove(&day) {
            write_commands(tree, day, "commands-se", commands, summary)?;
        }
        if let Some(entries) = self.days.extract.remove(&day) {
            let previous = self.last_extract.replace(day);
            tree.file(day, &cpr_file::name(day), summary, |out| {
                cpr_file::write_extract(out, day, previous, &entries)
            })?;
            summary.snapshots += u64::try_from(entries.len())?;
            for code in entries.iter().filter_map(|entry| entry.event) {
                *summary.register_events.entry(code.to_owned()).or_default() += 1;
            }
        }
        if let Some(mut reports) = self.days.reports.remove(&day) {
            reports.sort_by(|a, b| {
                let key = |report: &Report| (report.household, report.slot, report.employer, report.reversal);
                key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
            });
            tree.file(day, &format!("eindkomst-{day}.xml"), summary, |out| write_answer(out, day, &reports))?;
            summary.reports += u64::try_from(reports.len())?;
            summary.reversals += u64::try_from(reports.iter().filter(|report| report.reversal).count())?;
            summary.corrections += u64::try_from(reports.iter().filter(|report| report.correction).count())?;
        }
        Ok(())
    }

    /// Delivers what is still on its way, and tells what was made.
    pub fn close(mut self, tree: &Tree, last: Period) -> Result<Summary> {
        self.deliver(tree, plus_days(last.last_day(), TAIL_DAYS))?;
        self.summary.households = u64::from(self.next_id - 1);
        self.summary.persons = self.registry.persons + self.summary.residents + self.summary.debtors;
        Ok(self.summary)
    }
}

impl Plan<'_> {
    /// A household's month. False: it has left the municipality.
    fn pass(&mut self, household: &mut Household) -> Result<bool> {
        let families = self.profile.families();
        let alone = household.adults.len() == 1;
        for adult in &mut household.adults {
            pass_month(&mut adult.work, self.month, families, alone, &mut self.draw);
        }
        let mishaps = Mishaps { bonus: self.profile.chances().bonus, ..MISHAPS };
        for (day, report) in pay(household, self.month, mishaps, &mut self.draw) {
            self.days.reports.entry(day).or_default().push(report);
        }
        if !self.live(household)? {
            return Ok(false);
        }
        self.come_of_age(household);
        self.tend_places(household)?;
        self.review(household);
        Ok(true)
    }

    /// Parents whose income has changed apply anew, sooner or later, and some of the others.
    fn review(&mut self, household: &mut Household) {
        let income = household.stated_income();
        let Some(case) = &household.case else { return };
        if case.applied_in == Some(self.month) {
            return;
        }
        let chance = match case.granted {
            None => ENTITLED_PERCENT,
            Some(granted) if granted - income >= self.limits.five_steps() => FALLEN_PERCENT,
            Some(granted) if income - granted >= self.limits.five_steps() => RISEN_PERCENT,
            Some(_) => self.profile.chances().restated_percent,
        };
        let day = day_of(self.month, self.draw.between(1, 28));
        if !self.draw.percent(chance) {
            return;
        }
        let was_granted = case.granted.is_some();
        self.apply(household, day, None);
        let month = self.month;
        if let Some(case) =
            household.case.as_mut().filter(|case| was_granted && case.applied_in != Some(month))
        {
            // Who has become too rich says so, and the subsidy ends.
            case.granted = None;
            let from = month.next().first_day();
            self.order(case, day, PARENTS, CaseOrder::EndSubsidy { from });
        }
    }
}

/// The reports of all adults for a month.
fn pay(household: &mut Household, month: Period, mishaps: Mishaps, draw: &mut Draw) -> Vec<(Day, Report)> {
    let id = household.id;
    let of_adult = |adult: &mut super::household::Adult| {
        let frame = Report::frame(id, adult.slot, &adult.person.cpr, month);
        adult.work.pay(&frame, month, mishaps, draw)
    };
    household.adults.iter_mut().flat_map(of_adult).collect()
}

/// Writes the orders of a day, one a line, and counts them.
fn write_commands<S: Serialize>(
    tree: &Tree,
    day: Day,
    name: &str,
    commands: Vec<CaseCommand<Cpr, S>>,
    summary: &mut Summary,
) -> Result<()> {
    tree.file(day, &format!("{name}-{day}.jsonl"), summary, |out| {
        commands.iter().try_for_each(|command| {
            serde_json::to_writer(&mut *out, command)?;
            out.write_all(b"\n")
        })
    })?;
    for command in commands {
        *summary.commands.entry(kind(&command.order).to_owned()).or_default() += 1;
    }
    Ok(())
}

/// The kind of an order, as it is named in the files.
fn kind<S>(order: &CaseOrder<Cpr, S>) -> &'static str {
    match order {
        CaseOrder::OpenCase { .. } => "open_case",
        CaseOrder::SetHousehold { .. } => "set_household",
        CaseOrder::ChangePayer { .. } => "change_payer",
        CaseOrder::PlaceChild { .. } => "place_child",
        CaseOrder::ChangePlace { .. } => "change_place",
        CaseOrder::EndPlace { .. } => "end_place",
        CaseOrder::ApplySubsidy { .. } => "apply_subsidy",
        CaseOrder::EndSubsidy { .. } => "end_subsidy",
        CaseOrder::Housing(order) => match order {
            HousingOrder::OpenResidence { .. } => "open_residence",
            HousingOrder::MoveIn { .. } => "move_in",
            HousingOrder::MoveOut { .. } => "move_out",
            HousingOrder::SetMeans { .. } => "set_means",
            HousingOrder::SetCosts(_) => "set_costs",
            HousingOrder::DecidePayment { .. } => "decide_payment",
            HousingOrder::OptOut { .. } => "opt_out",
            HousingOrder::Dispense { .. } => "dispense",
        },
        CaseOrder::Repayment(order) => match order {
            RepaymentOrder::OpenRepayment { .. } => "open_repayment",
            RepaymentOrder::RegisterClaim(_) => "register_claim",
            RepaymentOrder::WithdrawClaim { .. } => "withdraw_claim",
            RepaymentOrder::SettleClaim { .. } => "settle_claim",
            RepaymentOrder::SetCircumstances { .. } => "set_circumstances",
            RepaymentOrder::CircumstancesNotFetched { .. } => "circumstances_not_fetched",
            RepaymentOrder::PaymentMissed { .. } => "payment_missed",
            RepaymentOrder::PaymentMade { .. } => "payment_made",
        },
        CaseOrder::Childcare(order) => match order {
            ChildcareOrder::OpenChildcare { .. } => "open_childcare",
            ChildcareOrder::SetChildcareHousehold { .. } => "set_childcare_household",
            ChildcareOrder::DeclareIncome { .. } => "declare_income",
            ChildcareOrder::StartChildcare { .. } => "start_childcare",
            ChildcareOrder::ChangeChildcare { .. } => "change_childcare",
            ChildcareOrder::GiveNotice { .. } => "give_notice",
            ChildcareOrder::MoveAway { .. } => "move_away",
            ChildcareOrder::StateTax { .. } => "state_tax",
            ChildcareOrder::ApproveCorrection { .. } => "approve_correction",
        },
        _ => "other",
    }
}
