//! A report to the income register, and the file of a day's reports.

use super::out::Counted;
use domain::{Cpr, Day, Period};
use std::io::{Result, Write};

/// A report of an employer or public payer about a person.
#[derive(Debug, Clone)]
pub struct Report {
    /// The household and who of it: the order of a file.
    pub household: u32,
    pub slot: u32,
    pub cpr: Cpr,
    /// SE number.
    pub employer: u32,
    /// The report's own id.
    pub id: String,
    /// The pay period.
    pub from: Day,
    pub to: Day,
    /// When the money is at disposal: decides the month.
    pub disposition: Day,
    pub reversal: bool,
    pub correction: bool,
    /// Two digits of field 012.
    pub income_type: &'static str,
    pub amounts: Amounts,
}

/// Amounts in øre; nothing is not written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amounts {
    /// 057: with labour-market contribution.
    pub with_am: i64,
    /// 058: without.
    pub without_am: i64,
    /// 060: labour-market contribution withheld.
    pub am: i64,
    /// 076: ATP contribution.
    pub atp: i64,
    /// 199: the employee's own part of it.
    pub own_atp: i64,
}

impl Amounts {
    /// What counts as personal income.
    pub fn counted(&self) -> i64 {
        self.with_am + self.without_am - self.am - self.own_atp
    }

    fn fields(&self) -> [(&'static str, i64); 5] {
        [
            ("057", self.with_am),
            ("058", self.without_am),
            ("060", self.am),
            ("076", self.atp),
            ("199", self.own_atp),
        ]
    }
}

impl Report {
    /// Nothing yet, of this person: the frame that [`super::income::Work::pay`] fills.
    pub fn frame(household: u32, slot: u32, cpr: &Cpr, month: Period) -> Self {
        Self {
            household,
            slot,
            cpr: cpr.clone(),
            employer: 0,
            id: String::new(),
            from: month.first_day(),
            to: month.last_day(),
            disposition: month.last_day(),
            reversal: false,
            correction: false,
            income_type: "00",
            amounts: Amounts::default(),
        }
    }
}

/// Up to the time of the answer.
const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
<e:IndkomstOplysningPersonHent_O xmlns:e="http://rep.oio.dk/skat.dk/eindkomst/" xmlns:k="http://rep.oio.dk/skat.dk/basis/kontekst/xml/schemas/2006/09/01/" xmlns:cpr="http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/03/18/" xmlns:v="http://rep.oio.dk/skat.dk/motor/class/virksomhed/xml/schemas/20080401/" xmlns:a="http://rep.oio.dk/skat.dk/eindkomst/class/angivelse/xml/schemas/20071202/" xmlns:g="http://rep.oio.dk/skat.dk/eindkomst/class/indkomstpersongruppe/xml/schemas/20071202/" xmlns:b="http://rep.oio.dk/skat.dk/eindkomst/class/blanket/xml/schemas/20071202/" xmlns:bf="http://rep.oio.dk/skat.dk/eindkomst/class/blanketfelt/xml/schemas/20071202/" xmlns:af="http://rep.oio.dk/skat.dk/eindkomst/class/angivelsefelt/xml/schemas/20071202/" xmlns:x6="http://rep.oio.dk/xkom.dk/xml/schemas/2006/09/01/" xmlns:x7="http://rep.oio.dk/xkom.dk/xml/schemas/2007/04/15/">
<k:HovedOplysningerSvar><k:TransaktionIdentifikator>"#;

const AFTER_TIME: &str = "</k:TransaktionTid><k:SvarStruktur/></k:HovedOplysningerSvar>\n\
                          <e:IndkomstPersonUddata><e:IndkomstOplysningPersonSamling>\n";
const FOOT: &str = "</e:IndkomstOplysningPersonSamling></e:IndkomstPersonUddata>\n\
                    </e:IndkomstOplysningPersonHent_O>\n</soap:Body></soap:Envelope>\n";
const PERSON_END: &str = "</e:IndkomstOplysningSamling></e:IndkomstOplysningPersonStruktur>\n";
const EMPLOYER_END: &str = "</e:IndkomstLoenPeriodeSamling></e:IndberetningPligtigVirksomhed>\n";

/// Writes an answer of this day. The reports of a person and an employer stand together.
pub fn write_answer(out: &mut Counted, day: Day, reports: &[Report]) -> Result<()> {
    let id = day.to_string().replace('-', "");
    write!(out, "{HEAD}5a1b0b9e-0001-4000-8000-0000{id}</k:TransaktionIdentifikator>")?;
    write!(out, "<k:ServiceIdentifikator>IndkomstOplysningPersonHent</k:ServiceIdentifikator>")?;
    write!(out, "<k:TransaktionTid>{day}T04:12:09Z{AFTER_TIME}")?;
    for person in reports.chunk_by(|a, b| a.cpr == b.cpr) {
        let Some(first) = person.first() else { continue };
        write!(
            out,
            "<e:IndkomstOplysningPersonStruktur><cpr:PersonCivilRegistrationIdentifier>{}\
             </cpr:PersonCivilRegistrationIdentifier><e:IndkomstOplysningSamling>",
            first.cpr.reveal_digits()
        )?;
        for of_employer in person.chunk_by(|a, b| a.employer == b.employer) {
            let Some(first) = of_employer.first() else { continue };
            writeln!(
                out,
                "<e:IndberetningPligtigVirksomhed><e:IndberetningPligtigVirksomhedStruktur>\
                 <e:IndberetningPligtigVirksomhed><v:VirksomhedSENummerIdentifikator>{}\
                 </v:VirksomhedSENummerIdentifikator></e:IndberetningPligtigVirksomhed>\
                 </e:IndberetningPligtigVirksomhedStruktur><e:IndkomstLoenPeriodeSamling>",
                first.employer
            )?;
            for report in of_employer {
                write_report(out, report)?;
            }
            out.write_all(EMPLOYER_END.as_bytes())?;
        }
        out.write_all(PERSON_END.as_bytes())?;
    }
    out.write_all(FOOT.as_bytes())
}

fn write_report(out: &mut Counted, report: &Report) -> Result<()> {
    write!(
        out,
        "<e:LoenPeriodeOplysningStruktur><a:AngivelseVirksomhedEgenIdentifikator>{}\
         </a:AngivelseVirksomhedEgenIdentifikator><e:AngivelsePeriodeStruktur><a:AngivelsePeriode>\
         <x6:StartDate>{}</x6:StartDate><x7:EndDate>{}</x7:EndDate></a:AngivelsePeriode>\
         </e:AngivelsePeriodeStruktur><g:IndkomstPersonGruppeDispositionDato>{}\
         </g:IndkomstPersonGruppeDispositionDato><e:AngivelseBlanketIndholdStruktur>\
         <e:AngivelseOplysningSamling><e:AngivelseNiveau1>\
         <b:BlanketNummerIdentifikator>11000</b:BlanketNummerIdentifikator><e:AngivelseFeltSamling>",
        report.id, report.from, report.to, report.disposition
    )?;
    write_field(out, "011", format_args!("{}", if report.reversal { 'T' } else { 'I' }))?;
    write_field(out, "012", format_args!("{}", report.income_type))?;
    write_field(out, "016", format_args!("{}", report.disposition.format("%Y%m")))?;
    if report.correction {
        write_field(out, "151", format_args!("1"))?;
    }
    out.write_all(
        b"</e:AngivelseFeltSamling><e:UnderAngivelseSamling><e:AngivelseNiveau2>\
          <b:BlanketNummerIdentifikator>16000</b:BlanketNummerIdentifikator><e:AngivelseFeltSamling/>\
          <e:UnderAngivelseSamling><e:AngivelseNiveau3>\
          <b:BlanketNummerIdentifikator>16001</b:BlanketNummerIdentifikator><e:AngivelseFeltSamling>",
    )?;
    for (number, oere) in report.amounts.fields() {
        if oere != 0 {
            let (sign, whole) = (if oere < 0 { "-" } else { "" }, oere.unsigned_abs());
            write_field(out, number, format_args!("{sign}{}.{:02}", whole / 100, whole % 100))?;
        }
    }
    out.write_all(
        b"</e:AngivelseFeltSamling></e:AngivelseNiveau3></e:UnderAngivelseSamling></e:AngivelseNiveau2>\
          </e:UnderAngivelseSamling></e:AngivelseNiveau1></e:AngivelseOplysningSamling>\
          </e:AngivelseBlanketIndholdStruktur></e:LoenPeriodeOplysningStruktur>\n",
    )
}

fn write_field(out: &mut Counted, number: &str, value: std::fmt::Arguments<'_>) -> Result<()> {
    write!(
        out,
        "<e:AngivelseFeltIndholdStruktur><e:BlanketFeltEnhedStruktur><bf:BlanketFeltNummerIdentifikator>\
         100000000000000{number}</bf:BlanketFeltNummerIdentifikator></e:BlanketFeltEnhedStruktur>\
         <af:AngivelseFeltIndholdTekst>{value}</af:AngivelseFeltIndholdTekst></e:AngivelseFeltIndholdStruktur>"
    )
}
