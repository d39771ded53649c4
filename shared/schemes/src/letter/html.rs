//! A letter as an HTML document. Every text goes through [`escaped`].

use super::{Block, Document, Row};

const STYLE: &str = "body{font:1rem/1.5 sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:normal}\
th,td{padding:.2rem .5rem;border-bottom:1px solid #ccc}td.v{text-align:right;white-space:nowrap}\
td.a{font-size:.85rem;color:#444}";

pub(super) fn write(document: &Document, language: &str) -> String {
    let subject = escaped(&document.subject);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{subject}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>{subject}</h1>\n"
    );
    for block in &document.blocks {
        match block {
            Block::Heading(text) => out.push_str(&format!("<h2>{}</h2>\n", escaped(text))),
            Block::Paragraph(text) => out.push_str(&format!("<p>{}</p>\n", escaped(text))),
            Block::Header(rows) => table(rows, "t", &mut out),
            Block::Rows(rows) => table(rows, "v", &mut out),
        }
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn table(rows: &[Row], class: &str, out: &mut String) {
    out.push_str("<table>\n");
    for Row { name, value, article } in rows {
        out.push_str(&format!(
            "<tr><th scope=\"row\">{}</th><td class=\"{class}\">{}</td><td class=\"a\">{}</td></tr>\n",
            escaped(name),
            escaped(value),
            escaped(article)
        ));
    }
    out.push_str("</table>\n");
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Control characters have no meaning in HTML and are refused by some channels.
            c if c.is_control() && c != '\n' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_markup_stays_text_in_every_block() {
        let hostile = "<script>alert('x')</script>&\"\u{8}";
        let mut document = Document { subject: hostile.into(), blocks: Vec::new() };
        document.heading(hostile);
        document.paragraph(hostile);
        document.rows(vec![Row::new(hostile, hostile, hostile)]);
        let html = write(&document, "da");
        assert!(!html.contains("<script") && !html.contains("'x'") && !html.contains('\u{8}'));
        assert_eq!(html.matches("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;").count(), 7);
    }
}
