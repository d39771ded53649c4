//! How an adult's living changes from month to month.

use super::draw::Draw;
use super::income::Work;
use super::profile::{Families, Living};
use domain::Period;

/// Per 100,000 employees and month: another job, job lost, sickness benefit, a raise.
const CHANGES_JOB: u32 = 1_000;
const LOSES_JOB: u32 = 300;
const FALLS_SICK: u32 = 250;
const GETS_RAISE: u32 = 1_200;

/// Percent a month who find a job.
const UNEMPLOYED_FIND_PERCENT: u32 = 6;
const ASSISTANCE_FIND_PERCENT: u32 = 2;
const STUDENTS_FIND_PERCENT: u32 = 2;
const SICK_RECOVER_PERCENT: u32 = 20;

/// Pay is regulated in April, benefits in January, by so many percent.
const REGULATION_PERCENT: i64 = 2;

/// Lets a month pass before it is paid.
pub fn pass_month(work: &mut Work, month: Period, families: &Families, alone: bool, draw: &mut Draw) {
    let regulated_in = if work.living == Living::Job { 4 } else { 1 };
    if month.month() == regulated_in {
        work.monthly += work.monthly * REGULATION_PERCENT / 100;
    }
    let mut new = |living, draw: &mut Draw| Work::of(living, families, alone, month.year(), draw);
    match work.living {
        Living::Job => employee(work, &mut new, draw),
        Living::Sick => recover(work, &mut new, draw),
        Living::Unemployed if draw.percent(UNEMPLOYED_FIND_PERCENT) => *work = new(Living::Job, draw),
        Living::Assistance if draw.percent(ASSISTANCE_FIND_PERCENT) => *work = new(Living::Job, draw),
        Living::Student if draw.percent(STUDENTS_FIND_PERCENT) => *work = new(Living::Job, draw),
        _ => {}
    }
}

fn employee(work: &mut Work, new: &mut impl FnMut(Living, &mut Draw) -> Work, draw: &mut Draw) {
    let left = draw.between(1, 100_000);
    let percent = |work: &Work, percent: u32| work.monthly * i64::from(percent) / 100;
    if left <= CHANGES_JOB {
        let monthly = percent(work, draw.between(88, 125));
        *work = Work { monthly, ..new(Living::Job, draw) };
    } else if left <= CHANGES_JOB + LOSES_JOB {
        let insured = draw.percent(75);
        *work = new(if insured { Living::Unemployed } else { Living::Assistance }, draw);
    } else if left <= CHANGES_JOB + LOSES_JOB + FALLS_SICK {
        let months = draw.between(1, 4);
        let job = std::mem::replace(work, new(Living::Sick, draw));
        work.back = Some((Box::new(job), months));
    } else if left <= CHANGES_JOB + LOSES_JOB + FALLS_SICK + GETS_RAISE {
        work.monthly = percent(work, draw.between(102, 108));
    }
}

fn recover(work: &mut Work, new: &mut impl FnMut(Living, &mut Draw) -> Work, draw: &mut Draw) {
    match work.back.take() {
        Some((job, 0 | 1)) => *work = *job,
        Some((job, months)) => work.back = Some((job, months - 1)),
        None if draw.percent(SICK_RECOVER_PERCENT) => *work = new(Living::Job, draw),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::Profile;
    use super::*;

    #[test]
    fn a_sick_employee_returns_to_the_same_job_after_the_months() {
        let families = Profile::Small.families();
        let mut draw = Draw::of(1, 1, 1);
        let job = Work::of(Living::Job, families, false, 2023, &mut draw);
        let mut work = Work::of(Living::Sick, families, false, 2023, &mut draw);
        work.back = Some((Box::new(job.clone()), 2));
        let month = "2023-05".parse().unwrap();
        pass_month(&mut work, month, families, false, &mut draw);
        assert_eq!(work.living, Living::Sick);
        pass_month(&mut work, month, families, false, &mut draw);
        assert_eq!((work.living, work.employer, work.monthly), (Living::Job, job.employer, job.monthly));
    }
}
