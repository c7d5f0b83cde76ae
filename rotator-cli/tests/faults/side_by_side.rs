//! Many stories at once: most of each is waiting for the other side.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{StreamExt, stream};

const THREADS: usize = 2;
const AT_ONCE: usize = 8;

/// What becomes of each, in the order in which they are given.
pub fn side_by_side<T: Sync, R: Send>(all: &[T], tell: impl AsyncFn(usize, &T) -> R + Sync) -> Vec<R> {
    let (next, told) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let numbers = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
                let mine = numbers.map_while(|number| all.get(number).map(|one| (number, one)));
                runtime.block_on(stream::iter(mine).for_each_concurrent(AT_ONCE, async |(number, one)| {
                    let end = tell(number, one).await;
                    told.lock().unwrap().push((number, end));
                }));
            });
        }
    });
    let mut told = told.into_inner().unwrap();
    told.sort_by_key(|(number, _)| *number);
    told.into_iter().map(|(_, end)| end).collect()
}
