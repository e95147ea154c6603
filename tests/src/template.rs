//! `infra/template.yaml` as JSON, with the short forms of CloudFormation's
//! functions written out.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

/// The template.
#[derive(Debug)]
pub struct Template(Value);

impl Template {
    /// The template as it stands.
    ///
    /// # Panics
    ///
    /// When it is not YAML.
    #[must_use]
    pub fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/template.yaml");
        let text = fs::read_to_string(path).expect("there is a template");
        let documents = Yaml::load_from_str(&text).expect("it is YAML");
        Self(to_json(&documents[0]))
    }

    /// The properties of a resource.
    #[must_use]
    pub fn properties(&self, resource: &str) -> &Value {
        &self.0["Resources"][resource]["Properties"]
    }

    /// The resources, by their names.
    ///
    /// # Panics
    ///
    /// When there are none.
    pub fn resources(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0["Resources"].as_object().expect("there are resources").iter()
    }

    /// The properties of the functions, by the names of their binaries.
    ///
    /// # Panics
    ///
    /// When one does not name its binary.
    #[must_use]
    pub fn functions(&self) -> BTreeMap<String, &Value> {
        self.resources()
            .filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function")
            .map(|(_, function)| {
                let binary = text(&function["Metadata"]["BuildProperties"]["Binary"]);
                (binary, &function["Properties"])
            })
            .collect()
    }

    /// The properties of the functions' roles, by the names of their binaries.
    #[must_use]
    pub fn roles(&self) -> BTreeMap<String, &Value> {
        let role = |(binary, function): (String, &Value)| {
            (binary, self.properties(&text(&function["Role"]["Fn::GetAtt"][0])))
        };
        self.functions().into_iter().map(role).collect()
    }
}

/// A value that is text.
///
/// # Panics
///
/// When it is not.
#[must_use]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is not text")).to_owned()
}

fn to_json(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => json!(value),
        Yaml::Value(Scalar::Integer(value)) => json!(value),
        Yaml::Value(Scalar::FloatingPoint(value)) => json!(value.into_inner()),
        Yaml::Value(Scalar::String(value)) => json!(value),
        Yaml::Sequence(nodes) => nodes.iter().map(to_json).collect(),
        Yaml::Mapping(properties) => {
            let property = |(name, value): (&Yaml<'_>, &Yaml<'_>)| {
                (name.as_str().expect("a name is text").to_owned(), to_json(value))
            };
            Value::Object(properties.iter().map(property).collect::<Map<_, _>>())
        }
        Yaml::Tagged(tag, node) => match (tag.suffix.as_str(), to_json(node)) {
            ("Ref", name) => json!({ "Ref": name }),
            ("GetAtt", Value::String(path)) => {
                let (resource, attribute) = path.split_once('.').expect("it has two parts");
                json!({ "Fn::GetAtt": [resource, attribute] })
            }
            (function, argument) => json!({ format!("Fn::{function}"): argument }),
        },
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => {
            panic!("{node:?} has no place in a template")
        }
    }
}
