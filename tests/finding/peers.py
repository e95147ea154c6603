"""Full texts that a team would use instead, each as it comes, with the operators of
the list in its own."""

import json
import re
import sqlite3
import subprocess
from importlib.metadata import version

from grammar import parse


class Sqlite:
    """FTS5 of the SQLite that Python has."""

    def __init__(self, tokenizer, name):
        self.name = f"SQLite {sqlite3.sqlite_version} FTS5, {name}"
        self._rows = sqlite3.connect(":memory:")
        self._rows.execute(f"CREATE VIRTUAL TABLE texts USING fts5(text, tokenize = '{tokenizer}')")

    def load(self, texts):
        self._rows.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", texts)

    def find(self, query):
        parsed = parse(query)
        found = set.intersection(*(self._either(group) for group in parsed.groups))
        return found - self._either(parsed.excluded)

    def _either(self, terms):
        return set().union(*(self._with(term) for term in terms))

    def _with(self, term):
        # In quotes, since punctuation is an error outside of them.
        quoted = '"' + term.text.replace('"', '""') + '"'
        return self._select("texts MATCH ?", quoted + ("*" if term.prefix else ""))

    def _select(self, condition, value):
        return {
            row
            for (row,) in self._rows.execute(f"SELECT rowid FROM texts WHERE {condition}", [value])
        }


class SqlitePorter(Sqlite):
    def __init__(self):
        super().__init__("porter unicode61 remove_diacritics 2", "porter")


class SqliteTrigrams(Sqlite):
    def __init__(self):
        super().__init__("trigram", "trigrams")

    def _with(self, term):
        # What is shorter than a trigram, its manual says, is found by LIKE alone.
        if len(term.text) < 3:
            return self._select("text LIKE ?", f"%{term.text}%")
        return super()._with(term)


class Tantivy:
    """Its analyzer `en_stem`, made of the same parts, so that queries pass through it."""

    def __init__(self):
        import tantivy

        self._tantivy = tantivy
        self.name = f"tantivy {version('tantivy')}, en_stem"
        filters = tantivy.Filter
        builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        for each in (filters.remove_long(40), filters.lowercase(), filters.stemmer("english")):
            builder = builder.filter(each)
        self._analyzer = builder.build()
        schema = tantivy.SchemaBuilder()
        schema.add_unsigned_field("number", stored=True)
        schema.add_text_field("text", tokenizer_name="en_stem")
        self._schema = schema.build()
        self._index = tantivy.Index(self._schema)

    def load(self, texts):
        writer = self._index.writer(num_threads=1)
        for number, text in texts:
            writer.add_document(self._tantivy.Document(number=number, text=text))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def find(self, query):
        occur = self._tantivy.Occur
        parsed = parse(query)
        clauses = [(occur.Must, self._either(group)) for group in parsed.groups]
        clauses += [(occur.MustNot, self._query(term)) for term in parsed.excluded]
        hits = self._searcher.search(self._boolean(clauses), limit=self._searcher.num_docs).hits
        return {self._searcher.doc(address)["number"][0] for _, address in hits}

    def _either(self, terms):
        return self._boolean([(self._tantivy.Occur.Should, self._query(term)) for term in terms])

    def _boolean(self, clauses):
        return self._tantivy.Query.boolean_query(clauses)

    def _query(self, term):
        queries = self._tantivy.Query
        words = self._analyzer.analyze(term.text)
        if not words:
            return queries.empty_query()
        if not term.prefix:
            return self._phrase(words)
        # What is typed last is the beginning of a word, and no stem.
        typed = re.escape(re.findall(r"\w+", term.text.lower())[-1]) + ".*"
        if len(words) == 1:
            return queries.regex_query(self._schema, "text", typed)
        patterns = [*(re.escape(word) for word in words[:-1]), typed]
        return queries.regex_phrase_query(self._schema, "text", patterns)

    def _phrase(self, words):
        queries = self._tantivy.Query
        if len(words) == 1:
            return queries.term_query(self._schema, "text", words[0])
        return queries.phrase_query(self._schema, "text", words)


class Postgres:
    """A configuration of Postgres' full text, by the client that comes with it."""

    def __init__(self, psql, socket, configuration):
        self._command = [psql, "--host", socket, "--username", "finding", "--dbname", "postgres"]
        self._command += ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]
        self._command += ["--set", "ON_ERROR_STOP=1"]
        self._configuration = configuration
        self.name = f"Postgres {self._run('SHOW server_version').split()[0]}, {configuration}"

    def load(self, texts):
        self._run(
            "DROP TABLE IF EXISTS texts; CREATE TABLE texts (number integer, words tsvector);"
            "INSERT INTO texts SELECT (row->>0)::integer,"
            f" to_tsvector('{self._configuration}', row->>1)"
            f" FROM json_array_elements({_literal(json.dumps(texts))}) AS row"
        )

    def find(self, query):
        parsed = parse(query)
        parts = [self._either(group) for group in parsed.groups]
        parts += [f"!!{self._query(term)}" for term in parsed.excluded]
        found = self._run(
            "SET client_min_messages = warning;"
            f"SELECT number FROM texts WHERE words @@ ({' && '.join(parts)})"
        )
        return {int(number) for number in found.split()}

    def _either(self, terms):
        return f"({' || '.join(self._query(term) for term in terms)})"

    def _query(self, term):
        text, function = term.text, "plainto_tsquery"
        if term.prefix:
            # A word in quotes with the sign behind it is the beginning of one.
            text, function = "'" + text.replace("'", "''") + "':*", "to_tsquery"
        elif term.phrase:
            function = "phraseto_tsquery"
        return f"{function}('{self._configuration}', {_literal(text)})"

    def _run(self, statements):
        done = subprocess.run(
            self._command, input=statements, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stderr)
        return done.stdout


def _literal(text):
    return "'" + text.replace("'", "''") + "'"
