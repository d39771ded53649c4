//! What an adult lives of, and what reaches the income register of it.

use super::calendar::{bank_day_by, day_of, last_bank_day, plus_days};
use super::draw::Draw;
use super::eindkomst_file::{Amounts, Report};
use super::profile::{Families, Living};
use domain::{Day, Period};

/// Labour-market contribution (*AM-bidrag*), percent of pay.
const AM_PERCENT: i64 = 8;

/// ATP of full-time pay a month, øre: whole, and the employee's own third (level of 2016).
const ATP: (i64, i64) = (28_400, 9_465);

/// By how much pay and benefits grow a year, percent of those of 2014.
const GROWTH_PERCENT: i64 = 2;

/// The year whose level the figures have.
const LEVEL_YEAR: i32 = 2014;

/// SE numbers of fictive employers begin here: no number of this size has been given to a company.
const EMPLOYER_FIRST: u32 = 91_000_000;

/// SE numbers of fictive public payers.
const PAYER_FIRST: u32 = 90_000_001;

/// Of ten employers so many are large: they report on the last bank day of the month itself.
const LARGE_OF_TEN: u32 = 4;

/// An adult's living.
#[derive(Debug, Clone)]
pub struct Work {
    pub living: Living,
    /// SE number of the employer or public payer.
    pub employer: u32,
    /// Kroner a month before tax: pay, benefit or the business's profit; of the year it began.
    pub monthly: i64,
    /// Paid by the hour: a little different each month.
    pub hourly: bool,
    /// The job to which a sick person returns, and after how many months.
    pub back: Option<(Box<Work>, u32)>,
    /// The next month has been paid already.
    pub paid_ahead: bool,
}

/// Things that go wrong in an employee's month, per 100,000.
#[derive(Debug, Clone, Copy)]
pub struct Mishaps {
    pub bonus: u32,
    pub twice: u32,
    pub missing: u32,
    pub corrected: u32,
    pub reversed: u32,
}

/// The usual ones; bonuses are the profile's.
pub const MISHAPS: Mishaps = Mishaps { bonus: 0, twice: 120, missing: 120, corrected: 250, reversed: 150 };

/// None: the months before the start.
pub const NO_MISHAPS: Mishaps = Mishaps { bonus: 0, twice: 0, missing: 0, corrected: 0, reversed: 0 };

impl Work {
    /// A living of this kind.
    pub fn of(living: Living, families: &Families, alone: bool, year: i32, draw: &mut Draw) -> Self {
        let base: i64 = match living {
            Living::Job => i64::from(draw.quantile(families.pay)),
            Living::Student if alone => 11_600,
            Living::Student => 5_800,
            Living::Unemployed => 17_200,
            Living::Assistance => 14_400,
            Living::Sick => 16_500,
            Living::SelfEmployed => i64::from(draw.between(9_000, 45_000)),
            Living::Nothing => 0,
        };
        let monthly = base * (100 + GROWTH_PERCENT * i64::from(year - LEVEL_YEAR)) / 100;
        let employer = match living {
            Living::Job => EMPLOYER_FIRST + draw.between(0, 4_999),
            other => PAYER_FIRST + other as u32,
        };
        let hourly = living == Living::Job && draw.percent(20);
        Self { living, employer, monthly, hourly, back: None, paid_ahead: false }
    }

    /// Whether it is a business: not reported month by month.
    pub fn is_business(&self) -> bool {
        self.living == Living::SelfEmployed
    }

    /// Øre a month as the law counts them (before tax, after labour-market contribution and own ATP).
    pub fn counted(&self) -> i64 {
        match self.living {
            Living::Job => self.amounts(self.monthly).counted(),
            _ => self.monthly * 100,
        }
    }

    /// The amounts of a report of so many kroner.
    fn amounts(&self, kroner: i64) -> Amounts {
        match self.living {
            Living::Job => Amounts {
                with_am: kroner * 100,
                am: kroner * AM_PERCENT,
                atp: ATP.0,
                own_atp: ATP.1,
                ..Amounts::default()
            },
            _ => Amounts { without_am: kroner * 100, ..Amounts::default() },
        }
    }

    /// Two digits of field 012.
    fn income_type(&self) -> &'static str {
        match self.living {
            Living::Student => "01",
            Living::Unemployed => "04",
            Living::Assistance => "06",
            Living::Sick => "07",
            Living::Job | Living::SelfEmployed | Living::Nothing => "00",
        }
    }

    /// The day on which a month is reported: the last bank day for public payers and large employers, otherwise a day
    /// of the employer's own up to the 10th of the next month.
    fn reported_on(&self, month: Period) -> Day {
        let small = self.living == Living::Job && self.employer % 10 >= LARGE_OF_TEN;
        match small {
            true => bank_day_by(day_of(month.next(), 5 + self.employer / 10 % 6)),
            false => last_bank_day(month),
        }
    }

    /// What is reported of a month: the report itself, and what follows from mishaps.
    pub fn pay(
        &mut self,
        whose: &Report,
        month: Period,
        mishaps: Mishaps,
        draw: &mut Draw,
    ) -> Vec<(Day, Report)> {
        if matches!(self.living, Living::SelfEmployed | Living::Nothing)
            || std::mem::take(&mut self.paid_ahead)
        {
            return Vec::new();
        }
        let mut kroner = self.monthly;
        if self.hourly && mishaps.bonus > 0 {
            kroner = kroner * i64::from(draw.between(975, 1_025)) / 1_000;
        }
        let job = self.living == Living::Job;
        if job && draw.per_100k(mishaps.bonus) {
            kroner += i64::from(draw.between(4_500, 20_000));
        }
        let report = Report {
            employer: self.employer,
            id: format!("R{}-{}-{}", month.to_string().replace('-', ""), whose.household, whose.slot),
            from: month.first_day(),
            to: month.last_day(),
            disposition: last_bank_day(month),
            income_type: self.income_type(),
            amounts: self.amounts(kroner),
            ..whose.clone()
        };
        let day = self.reported_on(month);
        if !job {
            return vec![(day, report)];
        }
        self.with_mishaps(day, report, month, mishaps, draw)
    }

    fn with_mishaps(
        &mut self,
        day: Day,
        report: Report,
        month: Period,
        mishaps: Mishaps,
        draw: &mut Draw,
    ) -> Vec<(Day, Report)> {
        let another = |mark: &str| Report { id: format!("{}{mark}", report.id), ..report.clone() };
        if draw.per_100k(mishaps.missing) {
            // Half of them come one or two months late, the others never.
            let late = last_bank_day(month.plus_months(draw.between(1, 2)));
            return if draw.percent(50) { vec![(late, report)] } else { Vec::new() };
        }
        if draw.per_100k(mishaps.twice) {
            self.paid_ahead = true;
            let next = month.next();
            let ahead = Report { from: next.first_day(), to: next.last_day(), ..another("b") };
            return vec![(day, report), (day, ahead)];
        }
        if draw.per_100k(mishaps.corrected) {
            let kroner = i64::from(draw.between(400, 6_000)) * if draw.percent(50) { 1 } else { -1 };
            let amounts = Amounts { with_am: kroner * 100, am: kroner * AM_PERCENT, ..Amounts::default() };
            let supplement = Report { correction: true, amounts, ..another("s") };
            return vec![(day, report), (last_bank_day(month.plus_months(draw.between(1, 5))), supplement)];
        }
        if draw.per_100k(mishaps.reversed) {
            let when = bank_day_by(plus_days(day, i64::from(draw.between(4, 70))));
            let reversal = Report { reversal: true, ..report.clone() };
            let percent = i64::from(draw.between(75, 125));
            let kroner = report.amounts.with_am / 100 * percent / 100;
            let again = Report { correction: true, amounts: self.amounts(kroner), ..another("r") };
            return vec![(day, report), (when, reversal), (when, again)];
        }
        vec![(day, report)]
    }
}
