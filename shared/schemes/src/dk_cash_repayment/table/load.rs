//! Reads the table file: one row a band, with article and source. A row that leaves a gap, overlaps or falls is
//! refused with its line.

use super::super::SCHEME;
use super::{Band, Regime, Table};
use crate::Error;
use domain::Day;
use rust_decimal::Decimal;

const HEADER: &str = "regime,valid_from,valid_to,net_from,net_to,percent_without_children,\
                      percent_with_children,article,source,checked";
/// The most rows: a hundred tables as long as that of 2026.
const ROWS_MAX: usize = 6600;
/// The highest percentage of any table.
const PERCENT_MAX: u32 = 60;

/// A row as it stands in the file.
struct Row<'a> {
    number: usize,
    fields: [&'a str; 10],
}

pub(super) fn load(csv: &str) -> Result<Vec<Table>, Error> {
    let mut lines = csv.lines();
    if lines.next() != Some(HEADER) {
        return Err(refuse(1, format!("is not the header {HEADER}")));
    }
    let mut tables: Vec<Table> = Vec::new();
    let mut net_to: Option<Decimal> = None;
    for (position, line) in lines.enumerate() {
        let number = position + 2;
        if number > ROWS_MAX {
            return Err(refuse(number, format!("is beyond {ROWS_MAX} rows")));
        }
        let fields: Vec<&str> = fields_of(line);
        let fields = fields.try_into().map_err(|_| refuse(number, "has not ten fields"))?;
        let row = Row { number, fields };
        let table = row.table()?;
        match tables.last_mut() {
            Some(last) if last.valid_from == table.valid_from => {
                if *last != (Table { bands: last.bands.clone(), ..table }) {
                    return Err(refuse(number, "differs from its table in regime, dates, article or source"));
                }
            }
            last => {
                let expected = last.map(|last| last.valid_to.succ_opt());
                if expected.is_some_and(|day| day != Some(table.valid_from)) {
                    return Err(refuse(
                        number,
                        "its days leave a gap after the table before it or overlap it",
                    ));
                }
                if net_to.is_some() {
                    return Err(refuse(number, "the table before it has no last row, without `net_to`"));
                }
                tables.push(table);
            }
        }
        if let Some(last) = tables.last_mut() {
            net_to = row.band(last, net_to)?;
        }
    }
    if tables.is_empty() || net_to.is_some() {
        return Err(refuse(csv.lines().count(), "the last table has no last row, without `net_to`"));
    }
    Ok(tables)
}

/// The fields of a line; one in quotes may hold commas.
fn fields_of(line: &str) -> Vec<&str> {
    let mut quoted = false;
    let fields = line.split(|sign| {
        quoted ^= sign == '"';
        sign == ',' && !quoted
    });
    fields.map(|field| field.trim_matches('"')).collect()
}

impl Row<'_> {
    fn refuse(&self, problem: impl Into<String>) -> Error {
        refuse(self.number, problem)
    }

    fn table(&self) -> Result<Table, Error> {
        let [regime, from, to, _, _, _, _, article, source, checked] = self.fields;
        let regime = match regime {
            "old" => Some(Regime::Old),
            "new" => Some(Regime::New),
            "not found" => None,
            _ => return Err(self.refuse("`regime` is old, new or not found")),
        };
        let day = |text: &str, name: &str| {
            let day = (text.len() == 10).then(|| text.parse::<Day>().ok()).flatten();
            day.ok_or_else(|| self.refuse(format!("`{name}` is not a day yyyy-mm-dd")))
        };
        for (name, text) in [("article", article), ("source", source)] {
            if text.trim().is_empty() {
                return Err(self.refuse(format!("`{name}` is empty")));
            }
        }
        let (valid_from, valid_to) = (day(from, "valid_from")?, day(to, "valid_to")?);
        if valid_to < valid_from {
            return Err(self.refuse("`valid_to` is before `valid_from`"));
        }
        Ok(Table {
            regime,
            valid_from,
            valid_to,
            article: article.to_owned(),
            source: source.to_owned(),
            checked: day(checked, "checked")?,
            bands: Vec::new(),
        })
    }

    /// Adds the row's band and gives where it ends; `before`: where the band before it ended.
    fn band(&self, table: &mut Table, before: Option<Decimal>) -> Result<Option<Decimal>, Error> {
        let [_, _, _, net_from, net_to, without, with, ..] = self.fields;
        if table.regime.is_none() {
            let empty = [net_from, net_to, without, with].iter().all(|field| field.is_empty());
            return if empty {
                Ok(None)
            } else {
                Err(self.refuse("a table that was not found has no bands"))
            };
        }
        let kroner = |text: &str, name: &str| {
            let plain = !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
            let number = plain.then(|| text.parse::<u32>().ok()).flatten();
            number.ok_or_else(|| self.refuse(format!("`{name}` is not a whole number")))
        };
        let net_from = Decimal::from(kroner(net_from, "net_from")?);
        let joins = match table.bands.last() {
            None => table.regime == Some(Regime::Old) || net_from.is_zero(),
            Some(_) => before.is_some_and(|before| before + Decimal::ONE == net_from),
        };
        if !joins {
            return Err(self.refuse("`net_from` does not join the band before it"));
        }
        let end = match net_to {
            "" => None,
            text => Some(Decimal::from(kroner(text, "net_to")?)),
        };
        if end.is_some_and(|end| end < net_from) {
            return Err(self.refuse("`net_to` is before `net_from`"));
        }
        let percent = match (without, with) {
            ("", "") => None,
            _ => Some((kroner(without, "percent_without_children")?, kroner(with, "percent_with_children")?)),
        };
        let known = table.bands.iter().rev().find_map(|band| band.percent);
        if let Some((without, with)) = percent {
            let falls = known.is_some_and(|(w, c)| without < w || with < c);
            if falls || with > without || without > PERCENT_MAX {
                return Err(self.refuse("its percentages fall, cross or are above every table's"));
            }
        }
        table.bands.push(Band { net_from, percent });
        Ok(end)
    }
}

fn refuse(line: usize, problem: impl Into<String>) -> Error {
    Error::BadParameter {
        scheme: SCHEME.to_owned(),
        parameter: "table".to_owned(),
        on: format!("(line {line})"),
        problem: problem.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [&str; 5] = [
        "old,2022-01-01,2022-12-31,125310,156259,5,0,a,s,2026-11-23",
        "old,2022-01-01,2022-12-31,156260,,,,a,s,2026-11-23",
        "not found,2023-01-01,2023-09-30,,,,,a,s,2026-11-23",
        "new,2023-10-01,2023-12-31,0,129069,4,3,a,s,2026-11-23",
        "new,2023-10-01,2023-12-31,129070,,5,3,a,s,2026-11-23",
    ];

    fn file(rows: &[&str]) -> String {
        format!("{HEADER}\n{}\n", rows.join("\n"))
    }

    #[test]
    fn rows_of_a_table_join_and_tables_follow_each_other() {
        let tables = load(&file(&ROWS)).unwrap();
        let bands: Vec<usize> = tables.iter().map(|table| table.bands.len()).collect();
        assert_eq!(bands, [2, 0, 2]);
    }

    #[test]
    fn a_gap_an_overlap_and_a_fall_are_refused_with_their_line() {
        let changes = [
            (1, "156260", "156261", "(line 3): `net_from` does not join"),
            (1, "156260", "156259", "(line 3): `net_from` does not join"),
            (2, "2023-01-01", "2023-01-02", "(line 4): its days leave a gap"),
            (2, "2023-09-30", "2023-10-01", "(line 5): its days leave a gap"),
            (4, ",5,3,", ",3,3,", "(line 6): its percentages fall"),
            (4, ",5,3,", ",5,6,", "(line 6): its percentages fall, cross"),
            (4, ",5,3,", ",61,3,", "(line 6): its percentages fall"),
            (4, ",5,3,", ",5,,", "`percent_with_children` is not a whole number"),
            (4, ",a,s,", ",b,s,", "(line 6): differs from its table"),
            (4, "new", "newer", "`regime` is old, new or not found"),
            (4, ",a,s,", ",a,,", "`source` is empty"),
            (4, "2026-11-23", "2026-11-3", "`checked` is not a day"),
            (3, ",0,", ",1,", "(line 5): `net_from` does not join"),
            (3, "129069", "-1", "`net_to` is not a whole number"),
            (4, ",a,s,", ",a,s,t,", "(line 6): has not ten fields"),
            (2, ",,,,,", ",0,,,,", "a table that was not found has no bands"),
        ];
        for (row, from, to, expected) in changes {
            let changed = ROWS[row].replacen(from, to, 1);
            assert_ne!(changed, ROWS[row]);
            let mut rows = ROWS;
            rows[row] = &changed;
            let error = load(&file(&rows)).unwrap_err().to_string();
            assert!(error.contains(expected) && error.contains("dk-cash-repayment"), "{error}");
        }
    }

    #[test]
    fn a_table_without_its_last_row_is_refused() {
        assert!(load(&file(&ROWS[..4])).unwrap_err().to_string().contains("no last row"));
        let open: Vec<&str> = [ROWS[0]].into_iter().chain(ROWS[2..].iter().copied()).collect();
        assert!(
            load(&file(&open))
                .unwrap_err()
                .to_string()
                .contains("(line 3): the table before it has no last row")
        );
        assert!(load(&file(&[])).is_err() && load("regime\n").is_err());
    }
}
