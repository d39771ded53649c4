//! Files as the registers write them: extracts of CPR (U12170-P) and answers of eIndkomst.

use domain::{Cpr, Day, Period};
use std::fmt::Write;

/// A report of an employer about the income of a person in a month.
#[derive(Debug, Clone)]
pub struct Pay {
    /// The day of the register's answer.
    pub answered_on: Day,
    /// Who.
    pub cpr: Cpr,
    /// SE number.
    pub employer: u32,
    /// The report's own id.
    pub id: String,
    /// The month.
    pub month: Period,
    /// Kroner before tax, without labour-market contribution (field 058).
    pub kroner: i64,
    /// Whether it takes an earlier report of this id back.
    pub reversal: bool,
    /// Whether it corrects an earlier month.
    pub correction: bool,
}

/// An answer with these reports. `remark` makes a file of its own of reports that were in another one.
pub fn answer(day: Day, reports: &[&Pay], remark: &str) -> String {
    let mut persons: Vec<&Cpr> = reports.iter().map(|pay| &pay.cpr).collect();
    persons.sort();
    persons.dedup();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- {remark} -->\n\
         <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>\
         <IndkomstOplysningPersonHent_O xmlns=\"http://rep.oio.dk/skat.dk/eindkomst/\"><HovedOplysningerSvar>\
         <TransaktionTid>{day}T04:12:09Z</TransaktionTid><SvarStruktur/></HovedOplysningerSvar>\
         <IndkomstPersonUddata><IndkomstOplysningPersonSamling>\n"
    );
    for cpr in persons {
        let digits = cpr.reveal_digits();
        write!(
            xml,
            "<IndkomstOplysningPersonStruktur><PersonCivilRegistrationIdentifier>{digits}\
             </PersonCivilRegistrationIdentifier><IndkomstOplysningSamling>"
        )
        .unwrap();
        for pay in reports.iter().filter(|pay| pay.cpr == *cpr) {
            xml.push_str(&report(pay));
        }
        xml.push_str("</IndkomstOplysningSamling></IndkomstOplysningPersonStruktur>\n");
    }
    xml + "</IndkomstOplysningPersonSamling></IndkomstPersonUddata></IndkomstOplysningPersonHent_O></soap:Body></soap:Envelope>\n"
}

fn report(pay: &Pay) -> String {
    let kind = if pay.reversal { "T" } else { "I" };
    let disposition = pay.month.last_day();
    let mut head =
        field("011", kind) + &field("012", "00") + &field("016", &disposition.format("%Y%m").to_string());
    if pay.correction {
        head += &field("151", "1");
    }
    format!(
        "<IndberetningPligtigVirksomhed><IndberetningPligtigVirksomhedStruktur><IndberetningPligtigVirksomhed>\
         <VirksomhedSENummerIdentifikator>{}</VirksomhedSENummerIdentifikator></IndberetningPligtigVirksomhed>\
         </IndberetningPligtigVirksomhedStruktur><IndkomstLoenPeriodeSamling><LoenPeriodeOplysningStruktur>\
         <AngivelseVirksomhedEgenIdentifikator>{}</AngivelseVirksomhedEgenIdentifikator><AngivelsePeriodeStruktur>\
         <AngivelsePeriode><StartDate>{}</StartDate><EndDate>{}</EndDate></AngivelsePeriode></AngivelsePeriodeStruktur>\
         <IndkomstPersonGruppeDispositionDato>{disposition}</IndkomstPersonGruppeDispositionDato>\
         <AngivelseBlanketIndholdStruktur><AngivelseOplysningSamling><AngivelseNiveau1>\
         <BlanketNummerIdentifikator>11000</BlanketNummerIdentifikator><AngivelseFeltSamling>{head}\
         </AngivelseFeltSamling><UnderAngivelseSamling><AngivelseNiveau2>\
         <BlanketNummerIdentifikator>16000</BlanketNummerIdentifikator><AngivelseFeltSamling/><UnderAngivelseSamling>\
         <AngivelseNiveau3><BlanketNummerIdentifikator>16001</BlanketNummerIdentifikator><AngivelseFeltSamling>{}\
         </AngivelseFeltSamling></AngivelseNiveau3></UnderAngivelseSamling></AngivelseNiveau2></UnderAngivelseSamling>\
         </AngivelseNiveau1></AngivelseOplysningSamling></AngivelseBlanketIndholdStruktur>\
         </LoenPeriodeOplysningStruktur></IndkomstLoenPeriodeSamling></IndberetningPligtigVirksomhed>\n",
        pay.employer,
        pay.id,
        pay.month.first_day(),
        pay.month.last_day(),
        field("058", &format!("{}.00", pay.kroner)),
    )
}

fn field(number: &str, value: &str) -> String {
    format!(
        "<AngivelseFeltIndholdStruktur><BlanketFeltEnhedStruktur><BlanketFeltNummerIdentifikator>100000000000000{number}\
         </BlanketFeltNummerIdentifikator></BlanketFeltEnhedStruktur><AngivelseFeltIndholdTekst>{value}\
         </AngivelseFeltIndholdTekst></AngivelseFeltIndholdStruktur>"
    )
}

/// A person as the population register knows him or her after an event.
#[derive(Debug, Clone)]
pub struct Resident {
    /// The production date of the extract.
    pub produced_on: Day,
    /// Who.
    pub cpr: Cpr,
    /// Status code and since when: 01 here, 80 emigrated, 90 dead.
    pub status: (&'static str, Option<Day>),
    /// Municipality, house number and since when; absent once dead or abroad.
    pub home: Option<Home>,
    /// Event code and its day.
    pub event: (&'static str, Day),
}

/// A dwelling.
#[derive(Debug, Clone, Copy)]
pub struct Home {
    /// Municipality code.
    pub municipality: u32,
    /// House number, on the one street there is.
    pub house: u32,
    /// Since when the person lives there.
    pub since: Day,
    /// Since when the person lives in the municipality.
    pub municipality_since: Day,
}

/// An extract with these persons. Extracts of one task must follow each other: `previous` names the one before.
pub fn extract(task: u32, produced_on: Day, previous: Option<Day>, residents: &[&Resident]) -> String {
    let date = |day: Option<Day>| day.map_or_else(|| "0".repeat(8), |day| day.format("%Y%m%d").to_string());
    let mut lines = vec![format!("0000000000000{task:06}{}{}", date(Some(produced_on)), date(previous))];
    for resident in residents {
        lines.extend(records(resident));
    }
    lines.push(format!("9999999999999{:08}", lines.len() - 1));
    lines.join("\n") + "\n"
}

fn records(resident: &Resident) -> Vec<String> {
    let digits = resident.cpr.reveal_digits();
    let noon =
        |day: Option<Day>| day.map_or_else(|| "0".repeat(12), |day| day.format("%Y%m%d1200").to_string());
    let born = resident.cpr.birth_date().unwrap();
    let mut lines =
        vec![format!("001{digits}{:10}{}{} K{born} {born}", "", resident.status.0, noon(resident.status.1))];
    if let Some(home) = resident.home {
        lines.push(format!(
            "002{digits}{:04}0100{:04}{:44}{} {}",
            home.municipality,
            home.house,
            "",
            noon(Some(home.since)),
            noon(Some(home.municipality_since))
        ));
    }
    // A minute of its own for each person, so that two events of a day differ.
    let minute = digits.get(8..).unwrap().parse::<u32>().unwrap() % 60;
    let (code, on) = resident.event;
    lines.push(format!("099{digits}{}10{minute:02}{code}", on.format("%Y%m%d")));
    lines
}
