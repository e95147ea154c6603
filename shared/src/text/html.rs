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

/// The first tags by which a text is told to be HTML: those of the
/// [MIME Sniffing standard](https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type),
/// and what else mail programs and editors begin with.
const FIRST_TAGS: &[&str] = &[
    "!doctype",
    "a",
    "article",
    "b",
    "blockquote",
    "body",
    "br",
    "center",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "hr",
    "html",
    "iframe",
    "img",
    "main",
    "meta",
    "ol",
    "p",
    "pre",
    "script",
    "section",
    "span",
    "strong",
    "style",
    "table",
    "title",
    "ul",
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
pub(crate) fn seen(html: &str) -> String {
    let mut text = Vec::with_capacity(html.len() / 2);
    let (mut hidden, mut templates) = (false, 0_usize);
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<()> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                hidden = HIDDEN.contains(&name);
                templates += usize::from(name == b"template");
                part(&mut text, name);
            }
            CallbackEvent::EndTag { name } => {
                hidden = false;
                templates = templates.saturating_sub(usize::from(name == b"template"));
                part(&mut text, name);
            }
            CallbackEvent::String { value } if !hidden && templates == 0 => {
                text.extend_from_slice(value);
            }
            _ => {}
        }
        None
    });
    // Scripts and styles have rules of their own for where they end.
    emitter.naively_switch_states(true);
    for Ok(()) in Tokenizer::new_with_emitter(html, emitter) {}
    String::from_utf8(text).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into())
}

fn part(text: &mut Vec<u8>, element: &[u8]) {
    if !INLINE.contains(&element) {
        text.push(b'\n');
    }
}

/// Whether a text is an HTML document, by its first tag.
pub(crate) fn is_document(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_ascii_whitespace());
    let text = match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or("", |(_, document)| document.trim_ascii_start()),
        None => text,
    };
    if text.starts_with("<!--") {
        return true;
    }
    let Some(tag) = text.strip_prefix('<') else { return false };
    let ends = |c: char| c == '>' || c == '/' || c.is_ascii_whitespace();
    let Some((name, _)) = tag.split_once(ends) else { return false };
    FIRST_TAGS.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its words, with one space between them.
    fn words(html: &str) -> String {
        seen(html).split_whitespace().collect::<Vec<_>>().join(" ")
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
            "<table\nwidth=1>",
            "<meta http-equiv=\"Content-Type\">",
            "<h2>x</h2>",
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
            assert!(seen(&text).len() <= 2 * text.len(), "{unit}");
        }
    }
}
