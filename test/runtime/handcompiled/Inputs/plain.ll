; Plain functions that clean up when a panic passes and throw it again, and one that takes it:
;
;   fn thrower(n: int) { if n == 0 { panic("deep") }  defer count()  thrower(n - 1) }
;   fn main() -> int { begin()  catch { thrower(10) }  end(cleaned) }     // how many were cleaned up
target triple = "x86_64-pc-linux-gnu"
%ramp = type { ptr, i64 }

@skn_sites = constant [1 x { ptr, ptr, i32, i32, ptr }] zeroinitializer
@skn_site_count = constant i32 1
@text.deep = private constant [4 x i8] c"deep"
@cleaned = internal global i64 0

declare preserve_mostcc ptr @skn_panic_text(ptr, i64, i32)
declare preserve_mostcc void @skn_panic_free(ptr)
declare void @skn_raise(ptr) noreturn
declare i32 @skn_personality(...)
declare i64 @begin()
declare i64 @end(i64)

define internal void @thrower(i64 %n) noinline uwtable personality ptr @skn_personality {
  %bottom = icmp eq i64 %n, 0
  br i1 %bottom, label %panic, label %deeper
panic:
  %payload = call preserve_mostcc ptr @skn_panic_text(ptr @text.deep, i64 4, i32 0)
  call void @skn_raise(ptr %payload)
  unreachable
deeper:
  %less = sub i64 %n, 1
  invoke void @thrower(i64 %less) to label %done unwind label %pad
done:
  ret void
pad:
  %caught = landingpad { ptr, i32 } catch ptr null
  %p = extractvalue { ptr, i32 } %caught, 0
  %old = load i64, ptr @cleaned
  %new = add i64 %old, 1
  store i64 %new, ptr @cleaned
  call void @skn_raise(ptr %p)
  unreachable
}

define %ramp @skn_program_main() uwtable personality ptr @skn_personality {
  %n = call i64 @begin()
  invoke void @thrower(i64 %n) to label %fine unwind label %pad
pad:
  %caught = landingpad { ptr, i32 } catch ptr null
  %p = extractvalue { ptr, i32 } %caught, 0
  call preserve_mostcc void @skn_panic_free(ptr %p)
  br label %fine
fine:
  %count = load i64, ptr @cleaned
  %status = call i64 @end(i64 %count)
  %r = insertvalue %ramp { ptr null, i64 undef }, i64 %status, 1
  ret %ramp %r
}
