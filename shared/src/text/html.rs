//! HTML as its reader sees it.
//!
//! Tags part words or do not, as a browser would lay them out; entities are the
//! characters that they stand for; scripts, styles, comments and attributes, with the
//! pictures in them, are nobody's words. The tokens are those of the
//! [standard](https://html.spec.whatwg.org/multipage/parsing.html#tokenization), so
//! that every text is read somehow, and its length bounds the work.
//!
//! Left out on purpose: style sheets. What only they hide is read.

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

/// The elements that a text which is HTML may begin with: all that
/// [there are](https://html.spec.whatwg.org/multipage/indices.html#elements-3) or were.
/// They end somewhere in it, unless they are among the next.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "audio",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "button",
    "canvas",
    "caption",
    "center",
    "cite",
    "code",
    "colgroup",
    "data",
    "datalist",
    "del",
    "details",
    "dfn",
    "dialog",
    "dir",
    "div",
    "dl",
    "em",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "i",
    "iframe",
    "ins",
    "kbd",
    "label",
    "legend",
    "main",
    "map",
    "mark",
    "menu",
    "meter",
    "nav",
    "nobr",
    "noscript",
    "object",
    "ol",
    "output",
    "picture",
    "pre",
    "progress",
    "q",
    "ruby",
    "s",
    "samp",
    "script",
    "search",
    "section",
    "select",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "template",
    "textarea",
    "time",
    "title",
    "tt",
    "u",
    "ul",
    "var",
    "video",
];
/// Those that need no end: they have none, or it is left out.
const WITHOUT_END: &[&str] = &[
    "!doctype", "base", "body", "br", "col", "dd", "dt", "embed", "hr", "html", "img", "input",
    "li", "link", "meta", "p", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr",
];
/// Elements whose text is not shown.
const HIDDEN: &[&[u8]] =
    &[b"iframe", b"noembed", b"noframes", b"noscript", b"script", b"style", b"title"];
/// Elements that stand in a line of text: nothing parts what is in them from what is
/// beside them. All others are lines, cells or pictures.
const INLINE: &[&[u8]] = &[
    b"a", b"abbr", b"acronym", b"b", b"bdi", b"bdo", b"big", b"cite", b"code", b"data", b"del",
    b"dfn", b"em", b"font", b"i", b"ins", b"kbd", b"label", b"mark", b"nobr", b"output", b"q",
    b"s", b"samp", b"small", b"span", b"strike", b"strong", b"sub", b"sup", b"time", b"tt", b"u",
    b"var", b"wbr",
];

/// What a reader sees of HTML: its text, with a line break for what parts it.
pub(crate) fn visible_text(html: &str) -> String {
    // In XML, an element can be empty by its own tag.
    let is_xml = trim_start(html).starts_with("<?xml");
    let mut text = Vec::with_capacity(html.len() / 2);
    let (mut hidden, mut templates) = (None, 0_usize);
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<()> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                if hidden.is_none() {
                    hidden = HIDDEN.iter().find(|element| **element == name);
                }
                templates += usize::from(name == b"template");
                part(&mut text, name);
            }
            CallbackEvent::CloseStartTag { self_closing: true } if is_xml => hidden = None,
            CallbackEvent::EndTag { name } => {
                hidden = hidden.filter(|element| **element != name);
                templates = templates.saturating_sub(usize::from(name == b"template"));
                part(&mut text, name);
            }
            CallbackEvent::String { value } if hidden.is_none() && templates == 0 => {
                text.extend_from_slice(value);
            }
            _ => {}
        }
        None
    });
    // Scripts and styles have rules of their own for where they end.
    emitter.naively_switch_states(!is_xml);
    for Ok(()) in Tokenizer::new_with_emitter(html, emitter) {}
    String::from_utf8(text).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into())
}

fn part(text: &mut Vec<u8>, element: &[u8]) {
    if !INLINE.contains(&element) {
        text.push(b'\n');
    }
}

/// Whether a text is HTML, by what it begins with. What is no tag of HTML, or a word in
/// angle brackets that nothing ends, is text.
pub(crate) fn is_document(text: &str) -> bool {
    begins_document(text, has_end_tag)
}

/// The same of a text of which this is the beginning: what is not ended may end behind it.
pub(crate) fn may_begin_document(beginning: &str) -> bool {
    begins_document(beginning, |_, _| true)
}

fn begins_document(text: &str, has_end_tag: impl Fn(&str, &str) -> bool) -> bool {
    let text = trim_start(text);
    let text = match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or("", |(_, document)| trim_start(document)),
        None => text,
    };
    if let Some(comment) = text.strip_prefix("<!--") {
        return comment.contains("-->");
    }
    let Some(tag) = text.strip_prefix('<') else { return false };
    let ends = |c: char| c == '>' || c == '/' || c.is_ascii_whitespace();
    let Some((name, rest)) = tag.split_once(ends) else { return false };
    let is_one_of = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    is_one_of(WITHOUT_END) || (is_one_of(ELEMENTS) && has_end_tag(rest, name))
}

fn trim_start(text: &str) -> &str {
    text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace())
}

fn has_end_tag(text: &str, name: &str) -> bool {
    text.match_indices("</").any(|(at, _)| {
        let end = text.as_bytes()[at + 2..].get(..name.len());
        end.is_some_and(|end| end.eq_ignore_ascii_case(name.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its words, with one space between them.
    fn words(html: &str) -> String {
        visible_text(html).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_reader_sees_text_and_no_markup() {
        for (html, seen) in [
            ("", ""),
            ("plain & simple", "plain & simple"),
            (
                "<div><p>Herr M&uuml;ller wants a re<em>fund</em></p>\
                 <img src=\"data:image/png;base64,iVBORw0KGgo\" alt=\"logo\"></div>",
                "Herr Müller wants a refund",
            ),
            ("<p>one</p><p>two</p>three<br>four<BR/>five", "one two three four five"),
            ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
            ("<ul><li>a<li>b</ul>", "a b"),
            (
                "H<sub>2</sub>O and <a href='https://example.com/x'>a li<b>nk</b></a>",
                "H2O and a link",
            ),
            ("super<wbr>cali<span style=\"color:red\">fragil</span>istic", "supercalifragilistic"),
            ("<my-tag>a</my-tag>b", "a b"),
            // Entities by name and by number, with and without a semicolon.
            (
                "caf&eacute; &#8364;5 &#x20AC;6 &ampl &lt;b&gt; &nosuch; 1&nbsp;000",
                "café €5 €6 &l <b> &nosuch; 1 000",
            ),
            ("&#0;&#xD800;&#x110000;x", "\u{fffd}\u{fffd}\u{fffd}x"),
            // What is not shown.
            ("a<!-- secret <p>b</p> -->c", "ac"),
            ("<script>if (a < b) { '</p>' }</script>x<style>p > a { color: red }</style>y", "x y"),
            (
                "<html><head><title>Title</title><meta charset=utf-8></head><body>x</body></html>",
                "x",
            ),
            ("<template><p>a</p><template>b</template>c</template>d", "d"),
            ("<noscript>a</noscript><iframe>b</iframe>c", "c"),
            ("<textarea><b>raw</b></textarea>", "<b>raw</b>"),
            ("<![CDATA[x]]><?php echo 1 ?>y", "y"),
            // What is broken is read as browsers read it.
            ("a < b and c > d", "a < b and c > d"),
            (
                "<?xml version=\"1.0\"?><html><head><title/><script src=\"a\"/></head>\
                 <body>x<style>y</style><br/>z</body></html>",
                "x z",
            ),
            ("<p", ""),
            ("x<p title='never closed", "x"),
            ("<b><i>a</b>b</i>", "ab"),
            ("</p></p>x</template></template>y", "x y"),
            ("<p>a", "a"),
            ("<head><p>text without an end of the head", "text without an end of the head"),
        ] {
            assert_eq!(words(html), seen, "{html}");
        }
    }

    #[test]
    fn a_document_is_told_by_its_first_tag() {
        for html in [
            "<!DOCTYPE html><html></html>",
            "\u{feff}\n  <HTML>\n",
            "<div dir=\"ltr\">x</div>",
            "<p>x",
            "<br/>x",
            "<!-- a comment --><b>x</b>",
            "<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"\"><html xmlns=\"\">",
            "<table\nwidth=1></TABLE>",
            "<meta http-equiv=\"Content-Type\">",
            "<h2>x</h2>",
            "<figure class=\"image\"><img src=\"data:image/png;base64,AAAA\"></figure><p>x</p>",
            "<u></u><div>x</div>",
            "<LI>x",
            "\u{a0}<p>x</p>",
            "<address>x</ADDRESS >",
            "<title>x</title>y",
        ] {
            assert!(is_document(html), "{html}");
        }
        for text in [
            "",
            "<",
            "<div",
            "<3 you all",
            "x <p>y</p>",
            "<jane@example.com> wrote",
            "<https://example.com> is down",
            "<address unknown>",
            "<prices> went up",
            "<?xml version=\"1.0\"?><invoice/>",
            "<?xml without an end <html>",
            "< p>x",
            "<title> to be done, the meeting",
            "<script> for the call",
            "<head office> and <strong opinion>",
            "<section 5 of the contract>",
            "<address> unknown",
            "<code> as <var>",
            "<!-- a note without an end",
            "</p>x",
            "a<b>c",
        ] {
            assert!(!is_document(text), "{text}");
        }
    }

    #[test]
    fn the_longest_texts_are_read_in_one_go() {
        let repeated = |unit: &str| unit.repeat(65_536 / unit.len());
        for unit in
            ["<", "<p>", "</", "&", "&#", "<!--", "<![CDATA[", "<template>", "<a b='", "é", "&ngE;"]
        {
            let text = repeated(unit);
            assert!(visible_text(&text).len() <= 2 * text.len(), "{unit}");
        }
    }
}
