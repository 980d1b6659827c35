; What a compiler emits for this program, written by hand:
;
;   fn tiny(x: int) -> int { x * 2 + 1 }                    // plain: called directly, no coroutine
;   fn run(n: int) -> int {
;       var tasks: [Task<int>] = []
;       for i in 0..n { tasks.push(spawn tiny(i)) }
;       var sum = 0
;       for t in tasks { sum += await t }
;       sum
;   }
;   fn main() -> int { let n = begin()  end(run(n)) }       // begin and end: helpers.cpp
;
; A million tiny tasks started, then awaited: what a task costs that ends where it was started.
target triple = "x86_64-pc-linux-gnu"

%ramp = type { ptr, i64 }                   ; null | outcome | frame, value
%spawn = type { i64, ptr, i64 }             ; argument, the Task: future, value
%promise = type { i64, i32, i32, i64 } ; state, size, site, result

@skn_sites = constant [1 x { ptr, ptr, i32, i32, ptr }] zeroinitializer
@skn_site_count = constant i32 1

declare token @llvm.coro.id(i32, ptr, ptr, ptr)
declare i64 @llvm.coro.size.i64()
declare ptr @llvm.coro.begin(token, ptr)
declare token @llvm.coro.save(ptr)
declare i8 @llvm.coro.suspend(token, i1)
declare void @llvm.coro.end(ptr, i1, token)
declare ptr @llvm.coro.free(token, ptr)
declare i1 @llvm.coro.await.suspend.bool(ptr, ptr, ptr)
declare i1 @llvm.coro.is_in_ramp()

declare ptr @skn_frame_alloc(i64)
declare void @skn_frame_begin(ptr)
declare void @skn_frame_free(ptr, i64)
declare preserve_mostcc void @skn_frame_release(ptr)
declare preserve_mostcc void @skn_frame_finish(ptr, i64, i64)
declare preserve_mostcc void @skn_frame_link(ptr, ptr, i64)
declare ptr @skn_future_alloc(i64)
declare void @skn_future_free(ptr, i64)
declare preserve_mostcc void @skn_future_release(ptr, i64)
declare preserve_mostcc void @skn_future_finish(ptr, i64, i64)
declare void @skn_push(ptr)
declare zeroext i1 @skn_pop_is(ptr)
declare zeroext i1 @skn_stack_low()
declare zeroext i1 @skn_await_frame(ptr, ptr)
declare zeroext i1 @skn_await_future(ptr, ptr)
declare zeroext i1 @skn_await_stack(ptr, ptr)
declare preserve_mostcc ptr @skn_panic_text(ptr, i64, i32)
declare i64 @begin()
declare i64 @end(i64)
declare ptr @make_tasks(i64)


define internal fastcc i64 @tiny(i64 %x) noinline #0 {
  %d = mul i64 %x, 2
  %r = add i64 %d, 1
  ret i64 %r
}

define internal i1 @skn.spawn.tiny(ptr %aw, ptr %h) alwaysinline #0 {
  %x = load i64, ptr %aw
  %f = call ptr @skn_future_alloc(i64 16)
  %tf = getelementptr %spawn, ptr %aw, i32 0, i32 1
  %tv = getelementptr %spawn, ptr %aw, i32 0, i32 2
  store ptr %f, ptr %tf
  call void @skn_push(ptr %h)
  %v = call fastcc i64 @tiny(i64 %x)
  %mine = call zeroext i1 @skn_pop_is(ptr %h)
  br i1 %mine, label %fast, label %stolen, !prof !0
fast:
  call void @skn_future_free(ptr %f, i64 16)
  store ptr null, ptr %tf
  store i64 %v, ptr %tv
  ret i1 false
stolen:
  %rp = getelementptr i8, ptr %f, i64 8
  store i64 %v, ptr %rp
  call preserve_mostcc void @skn_future_finish(ptr %f, i64 1, i64 16)
  ret i1 true
}

define fastcc %ramp @run(i64 %n) presplitcoroutine #0 {
entry:
  %prom = alloca %promise, align 16
  %awt = alloca %spawn, align 8
  %id = call token @llvm.coro.id(i32 16, ptr %prom, ptr null, ptr null)
  %size = call i64 @llvm.coro.size.i64()
  %mem = call ptr @skn_frame_alloc(i64 %size)
  %h = call ptr @llvm.coro.begin(token %id, ptr %mem)
  call void @skn_frame_begin(ptr %h)
  store i64 0, ptr %prom
  %tasks = call ptr @make_tasks(i64 %n)
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i1, %next ]
  store i64 %i, ptr %awt
  %s0 = call token @llvm.coro.save(ptr %h)
  %b0 = call i1 @llvm.coro.await.suspend.bool(ptr %awt, ptr %h, ptr @skn.spawn.tiny)
  br i1 %b0, label %sus0, label %next
sus0:
  %x0 = call i8 @llvm.coro.suspend(token %s0, i1 false)
  switch i8 %x0, label %ret [ i8 0, label %next
                              i8 1, label %destroy ]
next:
  %tfp = getelementptr %spawn, ptr %awt, i32 0, i32 1
  %tk = load %ramp, ptr %tfp
  %ap = getelementptr %ramp, ptr %tasks, i64 %i
  store %ramp %tk, ptr %ap
  %i1 = add i64 %i, 1
  %e = icmp eq i64 %i1, %n
  br i1 %e, label %loop2, label %loop
loop2:
  %j = phi i64 [ 0, %next ], [ %j1, %next2 ]
  %acc = phi i64 [ 0, %next ], [ %acc1, %next2 ]
  %ep = getelementptr %ramp, ptr %tasks, i64 %j
  %f = load ptr, ptr %ep
  %inplace = icmp eq ptr %f, null
  br i1 %inplace, label %ti, label %tf, !prof !0
ti:
  %tvp = getelementptr %ramp, ptr %ep, i32 0, i32 1
  %tv = load i64, ptr %tvp
  br label %next2
tf:
  %st = load atomic i64, ptr %f acquire, align 8
  %isd1 = and i64 %st, 1
  %isd = icmp ne i64 %isd1, 0
  br i1 %isd, label %fd, label %fw
fw:
  %s2 = call token @llvm.coro.save(ptr %h)
  %b2 = call i1 @llvm.coro.await.suspend.bool(ptr %f, ptr %h, ptr @skn_await_future)
  br i1 %b2, label %sus2, label %fd
sus2:
  %x2 = call i8 @llvm.coro.suspend(token %s2, i1 false)
  switch i8 %x2, label %ret [ i8 0, label %fd
                              i8 1, label %destroy ]
fd:
  %rp = getelementptr i8, ptr %f, i64 8
  %rv = load i64, ptr %rp
  call preserve_mostcc void @skn_future_release(ptr %f, i64 16)
  br label %next2
next2:
  %a = phi i64 [ %tv, %ti ], [ %rv, %fd ]
  %acc1 = add i64 %acc, %a
  %j1 = add i64 %j, 1
  %e2 = icmp eq i64 %j1, %n
  br i1 %e2, label %sum, label %loop2
sum:
  %ramp = call i1 @llvm.coro.is_in_ramp()
  br i1 %ramp, label %donesync, label %doneasync
donesync:
  %m = call ptr @llvm.coro.free(token %id, ptr %h)
  %sz = call i64 @llvm.coro.size.i64()
  call void @skn_frame_free(ptr %m, i64 %sz)
  br label %ret
doneasync:
  %szz = call i64 @llvm.coro.size.i64()
  %szt = trunc i64 %szz to i32
  %psz = getelementptr %promise, ptr %prom, i32 0, i32 1
  store i32 %szt, ptr %psz
  %pres = getelementptr %promise, ptr %prom, i32 0, i32 3
  store i64 %acc1, ptr %pres
  call preserve_mostcc void @skn_frame_finish(ptr %h, i64 1, i64 8)
  br label %ret
destroy:
  br label %ret
ret:
  %rh = phi ptr [ %h, %sus0 ], [ %h, %sus2 ], [ null, %donesync ], [ %h, %doneasync ], [ %h, %destroy ]
  %rr = phi i64 [ undef, %sus0 ], [ undef, %sus2 ], [ %acc1, %donesync ], [ undef, %doneasync ], [ undef, %destroy ]
  call void @llvm.coro.end(ptr %h, i1 false, token none)
  %o1 = insertvalue %ramp undef, ptr %rh, 0
  %o2 = insertvalue %ramp %o1, i64 %rr, 1
  ret %ramp %o2
}

define %ramp @skn_program_main() presplitcoroutine #0 {
entry:
  %prom = alloca %promise, align 16
  %id = call token @llvm.coro.id(i32 16, ptr %prom, ptr null, ptr null)
  %size = call i64 @llvm.coro.size.i64()
  %mem = call ptr @skn_frame_alloc(i64 %size)
  %h = call ptr @llvm.coro.begin(token %id, ptr %mem)
  call void @skn_frame_begin(ptr %h)
  store i64 0, ptr %prom
  %n = call i64 @begin()
  %res = call fastcc %ramp @run(i64 %n)
  %ch = extractvalue %ramp %res, 0
  %v = extractvalue %ramp %res, 1
  %sync = icmp eq ptr %ch, null
  br i1 %sync, label %called, label %notsync
notsync:
  %chi = ptrtoint ptr %ch to i64
  %chb = and i64 %chi, 1
  %chp = icmp ne i64 %chb, 0
  br i1 %chp, label %panicked, label %wait
wait:
  %s1 = call token @llvm.coro.save(ptr %h)
  %b1 = call i1 @llvm.coro.await.suspend.bool(ptr %ch, ptr %h, ptr @skn_await_frame)
  br i1 %b1, label %sus1, label %r1
sus1:
  %x1 = call i8 @llvm.coro.suspend(token %s1, i1 false)
  switch i8 %x1, label %ret [ i8 0, label %r1
                              i8 1, label %destroy ]
r1:
  %pst = getelementptr i8, ptr %ch, i64 16
  %stc = load atomic i64, ptr %pst acquire, align 8
  %pv = getelementptr i8, ptr %ch, i64 32
  %vv = load i64, ptr %pv
  call preserve_mostcc void @skn_frame_release(ptr %ch)
  %okc = icmp eq i64 %stc, 1
  br i1 %okc, label %called, label %panicked2
panicked2:
  %stcm = and i64 %stc, -15
  %bp2 = inttoptr i64 %stcm to ptr
  br label %panicked
panicked:
  %pp = phi ptr [ %ch, %notsync ], [ %bp2, %panicked2 ]
  %ppi = ptrtoint ptr %pp to i64
  %pp5 = or i64 %ppi, 5
  br label %finish
called:
  %r = phi i64 [ %v, %entry ], [ %vv, %r1 ]
  %status = call i64 @end(i64 %r)
  br label %finish
finish:
  %state = phi i64 [ %pp5, %panicked ], [ 1, %called ]
  %out = phi ptr [ %pp, %panicked ], [ null, %called ]
  %value = phi i64 [ 0, %panicked ], [ %status, %called ]
  %ramp = call i1 @llvm.coro.is_in_ramp()
  br i1 %ramp, label %donesync, label %doneasync
donesync:
  %m = call ptr @llvm.coro.free(token %id, ptr %h)
  %sz = call i64 @llvm.coro.size.i64()
  call void @skn_frame_free(ptr %m, i64 %sz)
  br label %ret
doneasync:
  %szz = call i64 @llvm.coro.size.i64()
  %szt = trunc i64 %szz to i32
  %psz = getelementptr %promise, ptr %prom, i32 0, i32 1
  store i32 %szt, ptr %psz
  %pres = getelementptr %promise, ptr %prom, i32 0, i32 3
  store i64 %value, ptr %pres
  call preserve_mostcc void @skn_frame_finish(ptr %h, i64 %state, i64 8)
  br label %ret
destroy:
  br label %ret
ret:
  %rh = phi ptr [ %h, %sus1 ], [ %out, %donesync ], [ %h, %doneasync ], [ %h, %destroy ]
  %rr = phi i64 [ undef, %sus1 ], [ %value, %donesync ], [ undef, %doneasync ], [ undef, %destroy ]
  call void @llvm.coro.end(ptr %h, i1 false, token none)
  %o1 = insertvalue %ramp undef, ptr %rh, 0
  %o2 = insertvalue %ramp %o1, i64 %rr, 1
  ret %ramp %o2
}

!0 = !{!"branch_weights", i32 2000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 2000}
attributes #0 = { nounwind uwtable "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }
