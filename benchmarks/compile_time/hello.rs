// What a program costs that does next to nothing: time to compile, size, time to start.
fn main() {
    println!("Hello, World!");
}
