//! With what tool a call was made, as far as its user agent tells. A user agent is what the caller says of
//! itself: it names the tool of somebody who has no reason to hide it, and proves nothing.

/// Whose hand it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hand {
    /// A program that does it by itself.
    Tool,
    /// A person, at a console or a command line.
    Person,
}

/// A tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tool {
    /// A few words.
    pub name: &'static str,
    /// Whose hand.
    pub hand: Hand,
}

/// What is looked for in a user agent, without regard to case, in this order: a tool names its SDK too.
const TOOLS: &[(&str, Tool)] = &[
    ("app/rotator-", tool("rotator")),
    ("terraform", tool("Terraform")),
    ("opentofu", tool("OpenTofu")),
    ("pulumi", tool("Pulumi")),
    ("vault", tool("Vault")),
    ("openbao", tool("OpenBao")),
    ("cloudformation", tool("CloudFormation")),
    ("custodian", tool("Cloud Custodian")),
    ("ansible", tool("Ansible")),
    ("aws-cli/", person("aws-cli")),
    ("powershell", person("AWS Tools for PowerShell")),
    ("console.amazonaws.com", person("console")),
    ("signin.amazonaws.com", person("console")),
    ("mozilla/", person("console")),
    ("aws internal", person("console")),
    ("boto3/", tool("Boto3")),
    ("botocore/", tool("Botocore")),
    ("aws-sdk-", tool("an AWS SDK")),
];

/// Reads a user agent.
#[must_use]
pub fn tool_of(agent: &str) -> Tool {
    let agent = agent.to_ascii_lowercase();
    let found = TOOLS.iter().find(|(word, _)| agent.contains(word));
    found.map_or(tool("another program"), |(_, tool)| *tool)
}

const fn tool(name: &'static str) -> Tool {
    Tool { name, hand: Hand::Tool }
}

const fn person(name: &'static str) -> Tool {
    Tool { name, hand: Hand::Person }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_special_name_wins() {
        let names = [
            "aws-sdk-rust/1.3.11 os/linux lang/rust/1.94.1 app/rotator-0.1.0",
            "APN/1.0 HashiCorp/1.0 Terraform/1.9.0 aws-sdk-go-v2/1.30.0",
            "Boto3/1.34.0 md/Botocore#1.34.0 lang/python#3.11.7",
            "aws-cli/2.15.0 Python/3.11.6 Linux/5.10 exe/x86_64",
            "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0",
            "stratus-red-team_f3f19dcd",
        ];
        assert_eq!(
            names.map(|agent| tool_of(agent).name),
            ["rotator", "Terraform", "Boto3", "aws-cli", "console", "another program"]
        );
    }
}
