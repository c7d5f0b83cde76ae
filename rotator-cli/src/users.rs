//! Which users a run works on. They are counted before anything is changed, and then read page by page while
//! earlier ones are worked on, so that an account of any size takes little memory.

use futures_util::{Stream, StreamExt, TryStreamExt, stream};

use crate::assignment::Scope;
use crate::failure::{Class, Failure};
use crate::iam::{Iam, User, UserPage};
use crate::names::Names;

/// The largest page that ListUsers has (IAM API reference, `MaxItems`), for counting.
pub const LARGEST_PAGE: i32 = 1000;
/// A page while users are worked on: ListUsers' own size.
const PAGE: i32 = 100;
/// So many users are kept when they are counted, and not listed again.
const KEPT: usize = 1000;
/// So many of those that are left out are named.
const NAMED: usize = 5;
/// So many users' tags are asked for at a time; the account's limiter slows that down.
const LOOKS: usize = 10;

/// The users that are meant, as a rule.
#[derive(Debug)]
pub struct Choice {
    scope: Scope,
    account: String,
    include: Names,
    exclude: Names,
}

/// What a first listing came to.
#[derive(Debug, Default)]
pub struct Counted {
    /// How many users are meant.
    pub users: usize,
    /// The longest name's length, in characters.
    pub width: usize,
    /// Those on paths below that nobody asked for: the first few, and how many.
    below: Vec<String>,
    left_out: usize,
    /// All users that are meant, if they are few.
    kept: Option<Vec<User>>,
}

impl Choice {
    /// Of a scope, in an account.
    ///
    /// # Errors
    /// A pattern that cannot be understood.
    pub fn new(scope: &Scope, account: &str) -> Result<Self, Failure> {
        Ok(Self {
            scope: scope.clone(),
            account: account.to_owned(),
            include: names(&scope.include)?,
            exclude: names(&scope.exclude)?,
        })
    }

    /// The first path, which is listed first.
    #[must_use]
    pub fn first_path(scope: &Scope) -> &str {
        scope.paths.first().map_or("/", String::as_str)
    }

    /// Whether a user that the list of this path shows is meant. Who is on several paths is taken from the
    /// first.
    fn takes(&self, at: usize, user: &User) -> bool {
        let before = self.scope.paths.iter().take(at).any(|path| self.is_on(path, user));
        let here = self.scope.paths.get(at).is_some_and(|path| self.is_on(path, user));
        here && !before
            && (self.include.is_empty() || self.include.have(&user.name))
            && !self.exclude.have(&user.name)
            && self.scope.shard.is_none_or(|shard| shard.has(&self.account, &user.id))
    }

    fn is_on(&self, path: &str, user: &User) -> bool {
        if self.scope.recursive { user.path.starts_with(path) } else { user.path == path }
    }
}

impl Counted {
    fn add(&mut self, choice: &Choice, at: usize, page: Vec<User>) {
        for user in page {
            if choice.takes(at, &user) {
                self.users += 1;
                self.width = self.width.max(user.name.chars().count());
                match &mut self.kept {
                    Some(kept) if kept.len() < KEPT => kept.push(user),
                    Some(_) | None => self.kept = None,
                }
            } else if !choice.scope.paths.iter().any(|path| choice.is_on(path, &user)) {
                self.left_out += 1;
                if self.below.len() < NAMED {
                    self.below.push(format!("{}{}", user.path, user.name));
                }
            }
        }
    }

    /// A note about users below the paths, who are left out.
    #[must_use]
    pub fn note(&self, scope: &Scope) -> Option<String> {
        if self.left_out == 0 {
            return None;
        }
        let more = self.left_out.saturating_sub(self.below.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let (path, named) = (scope.name(), self.below.join(", "));
        Some(format!("left alone, on paths below {path} (--recursive takes them): {named}{more}"))
    }
}

/// Counts the users that are meant, in pages as large as they may be. `first` is the first page, where somebody
/// has it already. Up to 1000 are kept, so that a small account is listed once.
///
/// # Errors
/// A call that failed.
pub async fn count(iam: &Iam, choice: &Choice, first: Option<UserPage>) -> Result<Counted, Failure> {
    let mut counted = Counted { kept: Some(Vec::new()), ..Counted::default() };
    let mut first = first;
    for (at, path) in choice.scope.paths.iter().enumerate() {
        let mut page = match first.take() {
            Some(page) => page,
            None => iam.user_page(path, LARGEST_PAGE, None).await?,
        };
        loop {
            counted.add(choice, at, tagged(iam, choice, at, page.users).await?);
            let Some(next) = page.next else { break };
            page = iam.user_page(path, LARGEST_PAGE, Some(&next)).await?;
        }
    }
    Ok(counted)
}

/// The users that are meant, one after the other: those that were kept, or a second listing. It shows who is
/// there by then: users that have vanished are not in it, and those that are new come with a later page.
pub fn stream<'a>(
    iam: &'a Iam,
    choice: &'a Choice,
    counted: Counted,
) -> impl Stream<Item = Result<User, Failure>> + 'a {
    let kept = counted.kept;
    let done = kept.is_some();
    let place = Place { at: 0, next: None, page: kept.unwrap_or_default().into_iter(), begun: done, done };
    stream::unfold(place, move |mut place| async move {
        loop {
            if let Some(user) = place.page.next() {
                return Some((Ok(user), place));
            }
            if place.done {
                return None;
            }
            if place.begun && place.next.is_none() {
                place.at += 1;
            }
            let path = choice.scope.paths.get(place.at)?;
            match iam.user_page(path, PAGE, place.next.as_deref()).await {
                Ok(page) => {
                    let at = place.at;
                    let users = match tagged(iam, choice, at, page.users).await {
                        Ok(users) => users,
                        Err(failure) => {
                            place.done = true;
                            return Some((Err(failure), place));
                        }
                    };
                    let taken: Vec<User> = users.into_iter().filter(|user| choice.takes(at, user)).collect();
                    (place.page, place.next, place.begun) = (taken.into_iter(), page.next, true);
                }
                Err(failure) => {
                    place.done = true;
                    return Some((Err(failure), place));
                }
            }
        }
    })
}

/// Where a second listing has come to.
struct Place {
    /// Which path.
    at: usize,
    /// Its next page.
    next: Option<String>,
    /// What is left of this page.
    page: std::vec::IntoIter<User>,
    /// A page of this path was read.
    begun: bool,
    done: bool,
}

/// All users that are meant, and a note about those that are left out.
///
/// # Errors
/// A call that failed.
pub async fn all(iam: &Iam, scope: &Scope, account: &str) -> Result<(Vec<User>, Option<String>), Failure> {
    let choice = Choice::new(scope, account)?;
    let (mut users, mut counted) = (Vec::new(), Counted::default());
    for (at, path) in scope.paths.iter().enumerate() {
        let mut next = None;
        loop {
            let page = iam.user_page(path, LARGEST_PAGE, next.as_deref()).await?;
            let (taken, others): (Vec<_>, Vec<_>) = tagged(iam, &choice, at, page.users)
                .await?
                .into_iter()
                .partition(|user| choice.takes(at, user));
            users.extend(taken);
            counted.add(&choice, at, others);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
    }
    Ok((users, counted.note(scope)))
}

/// A page without those who lack a tag that is asked for: a look at each user. Who has vanished meanwhile has none.
async fn tagged(iam: &Iam, choice: &Choice, at: usize, page: Vec<User>) -> Result<Vec<User>, Failure> {
    let wanted = &choice.scope.tags;
    if wanted.is_empty() {
        return Ok(page);
    }
    let look = |user: User| async move {
        if !choice.takes(at, &user) {
            return Ok(Some(user));
        }
        match iam.tags(&user).await {
            Ok(tags) => Ok(wanted.iter().all(|tag| tags.contains(tag)).then_some(user)),
            Err(Failure { class: Class::Missing, .. }) => Ok(None),
            Err(failure) => Err(failure),
        }
    };
    let looks: Vec<Option<User>> = stream::iter(page).map(look).buffered(LOOKS).try_collect().await?;
    Ok(looks.into_iter().flatten().collect())
}

fn names(globs: &[String]) -> Result<Names, Failure> {
    Names::new(globs).map_err(|why| Failure::new(Class::Setup, "choose users by their names", why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(path: &str, name: &str) -> User {
        User { name: name.into(), id: format!("AIDA{name}"), path: path.into() }
    }

    fn scope(paths: &[&str], recursive: bool) -> Scope {
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        Scope { paths, recursive, include: Vec::new(), exclude: Vec::new(), tags: Vec::new(), shard: None }
    }

    fn chosen(scope: &Scope, at: usize, users: &[User]) -> Vec<String> {
        let choice = Choice::new(scope, "111122223333").unwrap();
        users.iter().filter(|user| choice.takes(at, user)).map(|user| user.name.clone()).collect()
    }

    #[test]
    fn names_choose_among_the_users_of_a_path() {
        let users =
            [user("/ci/", "ci-a"), user("/ci/", "ci-old"), user("/ci/x/", "ci-b"), user("/ci/", "other")];
        let names =
            Scope { include: vec!["ci-*".into()], exclude: vec!["*-ol?".into()], ..scope(&["/ci/"], false) };
        assert_eq!(chosen(&names, 0, &users), ["ci-a"]);
        assert_eq!(chosen(&Scope { recursive: true, ..names }, 0, &users), ["ci-a", "ci-b"]);
        assert_eq!(chosen(&scope(&["/ci/"], false), 0, &users), ["ci-a", "ci-old", "other"]);
    }

    #[test]
    fn nobody_is_taken_twice() {
        let users = [user("/ci/", "a"), user("/ci/x/", "b")];
        let both = scope(&["/ci/", "/ci/x/"], true);
        assert_eq!(chosen(&both, 0, &users), ["a", "b"]);
        assert_eq!(chosen(&both, 1, &users), <[&str; 0]>::default());
        assert_eq!(chosen(&scope(&["/ci/", "/ci/x/"], false), 1, &users), ["b"]);
    }

    #[test]
    fn a_share_and_its_rest_are_all() {
        let users: Vec<User> = (0..40).map(|n| user("/ci/", &format!("u{n}"))).collect();
        let share = |text: &str| {
            let shard = Some(text.parse().unwrap());
            chosen(&Scope { shard, ..scope(&["/ci/"], false) }, 0, &users)
        };
        assert_eq!(share("1/1").len(), 40);
    }

    #[test]
    fn a_large_account_is_counted_and_not_kept() {
        let choice = Choice::new(&scope(&["/ci/"], false), "1").unwrap();
        let mut counted = Counted { kept: Some(Vec::new()), ..Counted::default() };
        counted.add(&choice, 0, (0..KEPT).map(|n| user("/ci/", &format!("{n}"))).collect());
        assert_eq!(counted.kept.as_ref().map(Vec::len), Some(KEPT));
        counted.add(&choice, 0, vec![user("/ci/", "one-more"), user("/ci/below/", "left")]);
        assert_eq!((counted.users, counted.width, counted.left_out), (KEPT + 1, 8, 1));
        assert!(counted.kept.is_none());
    }
}
