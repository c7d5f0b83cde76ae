//! `rotator policy`: the least IAM policy for a configuration. It reads options and the SDK's region, and
//! calls nobody.

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::ProvideRegion;
use aws_config::profile::ProfileFileRegionProvider;

use super::Ended;
use crate::args::{AwsArgs, PolicyArgs};
use crate::assignment::Assignment;
use crate::exit::Exit;
use crate::policy::{Wanted, Where, partition_of, policy};
use crate::say;
use crate::settings::Settings;

/// Prints the policy on stdout, and on stderr what a person should know about it.
///
/// # Errors
/// [`Ended::Usage`]: options that make no sense together.
pub async fn run(args: PolicyArgs, assignments: Vec<Assignment>) -> Result<Exit, Ended> {
    let PolicyArgs { tasks, account, partition, .. } = args;
    let one_each = || Ended::Usage("a policy is for one target and one path: --target NAME".into());
    let [one] = <[Assignment; 1]>::try_from(assignments).map_err(|_| one_each())?;
    let Assignment { access, scope, args: rotate, .. } = one;
    let [path] = <[String; 1]>::try_from(scope.paths).map_err(|_| one_each())?;
    let settings = Settings::new(&rotate.store, &rotate.times, false).map_err(Ended::Usage)?;
    let account = account.or_else(|| access.role.as_ref()?.account().map(str::to_owned));
    let region = region(&rotate.aws).await;
    let partition = partition.unwrap_or_else(|| partition_of(region.as_deref()).to_owned());
    let document = policy(&Wanted {
        tasks: &tasks,
        dry_run: rotate.dry_run,
        path: &path,
        recursive: rotate.recursive,
        settings: &settings,
        place: &Where { account, region, partition },
    });
    let document = document.map_err(Ended::Usage)?;
    for note in &document.notes {
        say::err(&format!("note: {note}"));
    }
    if !scope.tags.is_empty() {
        say::err("note: `tags` of the target takes iam:ListUserTags on its users, whatever the ledger is");
    }
    if rotate.store.outfile.is_some() {
        say::err("note: -o is the document that `rotate` hands over in; the policy is on stdout");
    }
    say::out(&format!("{:#}", document.json()));
    Ok(Exit::Done)
}

/// The region as a run would have it, but for what only an instance's metadata tells.
async fn region(aws: &AwsArgs) -> Option<String> {
    if aws.region.is_some() {
        return aws.region.clone();
    }
    // As in the SDK's own chain, the environment goes before a profile.
    let environment = EnvironmentVariableRegionProvider::new().region().await;
    let region = match environment {
        Some(region) => Some(region),
        None => {
            let mut profile = ProfileFileRegionProvider::builder();
            if let Some(name) = &aws.profile {
                profile = profile.profile_name(name);
            }
            profile.build().region().await
        }
    };
    region.map(|region| region.to_string())
}
