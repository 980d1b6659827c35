// A tokio runtime whose work begins on one of its workers: what is spawned from the main thread
// takes a slower way, and would be measured instead.
use std::future::Future;

pub fn on_worker<F>(workers: usize, work: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_time()
        .build()
        .expect("a runtime");
    runtime.block_on(async move { tokio::spawn(work).await.expect("the work ends") });
}
