; What a compiler emits for this program, written by hand:
;
;   fn tree(i: int) -> int {
;       if i >= 4096 {                                       // a leaf
;           if i % 3 == 0 { yield }
;           if i % 97 == 0 { panic("leaf") }
;           return i
;       }
;       // catch { … } where i % 4 == 1 or i < 64: 1000 in place of a panic
;       let a = spawn tree(2 * i)
;       let b = tree(2 * i + 1)
;       (await a) + b
;   }
;   fn main() -> int { let n = begin()  end(tree(n)) }       // begin and end: helpers.cpp
;
; Panics that come out of every kind of await, from children that ended at once, that suspended, and
; whose parents were stolen; second panics attached; payloads taken and freed.
target triple = "x86_64-pc-linux-gnu"

%ramp = type { ptr, i64 }                   ; null | outcome | frame, value
%spawn = type { i64, ptr, i64 }             ; argument, the Task: future, value
%promise = type { i64, i32, i32, i64 } ; state, size, site, result

@skn_sites = constant [1 x { ptr, ptr, i32, i32, ptr }] zeroinitializer
@skn_site_count = constant i32 1
@text.leaf = private constant [4 x i8] c"leaf"

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
declare preserve_mostcc void @skn_panic_attach(ptr, ptr)
declare preserve_mostcc void @skn_panic_free(ptr)
declare zeroext i1 @skn_await_yield(ptr, ptr)


define internal fastcc %ramp @leaf(i64 %n) #0 {
  %part = urem i64 %n, 97
  %bad = icmp eq i64 %part, 0
  br i1 %bad, label %panics, label %good
panics:
  %pn = call preserve_mostcc ptr @skn_panic_text(ptr @text.leaf, i64 4, i32 0)
  %pni = ptrtoint ptr %pn to i64
  %pno = or i64 %pni, 1
  %pnp = inttoptr i64 %pno to ptr
  %rp = insertvalue %ramp undef, ptr %pnp, 0
  ret %ramp %rp
good:
  %rl = insertvalue %ramp { ptr null, i64 undef }, i64 %n, 1
  ret %ramp %rl
}

define internal i1 @skn.spawn.tree(ptr %aw, ptr %h) alwaysinline #0 {
  %n = load i64, ptr %aw
  %f = call ptr @skn_future_alloc(i64 16)
  %tf = getelementptr %spawn, ptr %aw, i32 0, i32 1
  %tv = getelementptr %spawn, ptr %aw, i32 0, i32 2
  store ptr %f, ptr %tf
  call void @skn_push(ptr %h)
  %res = call fastcc %ramp @tree(i64 %n)
  %ch = extractvalue %ramp %res, 0
  %v = extractvalue %ramp %res, 1
  %sync = icmp eq ptr %ch, null
  br i1 %sync, label %done, label %other, !prof !0
done:
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
other:
  %chi = ptrtoint ptr %ch to i64
  %bit = and i64 %chi, 1
  %out = icmp ne i64 %bit, 0
  br i1 %out, label %outcome, label %suspended
outcome:
  %mine2 = call zeroext i1 @skn_pop_is(ptr %h)
  br i1 %mine2, label %outhere, label %outstolen
outhere:
  call void @skn_future_free(ptr %f, i64 16)
  store ptr %ch, ptr %tf
  ret i1 false
outstolen:
  %st = or i64 %chi, 5
  call preserve_mostcc void @skn_future_finish(ptr %f, i64 %st, i64 16)
  ret i1 true
suspended:
  call preserve_mostcc void @skn_frame_link(ptr %ch, ptr %f, i64 8)
  %mine3 = call zeroext i1 @skn_pop_is(ptr %h)
  %gone = xor i1 %mine3, true
  ret i1 %gone
}

define fastcc %ramp @tree(i64 %n) presplitcoroutine #0 {
entry:
  %prom = alloca %promise, align 16
  %awt = alloca %spawn, align 8
  %leaf = icmp sge i64 %n, 4096
  %third = urem i64 %n, 3
  %yields = icmp eq i64 %third, 0
  %plain = xor i1 %yields, true
  %atonce = and i1 %leaf, %plain
  br i1 %atonce, label %small, label %start
small:
  %o1s = call fastcc %ramp @leaf(i64 %n)
  ret %ramp %o1s
start:
  %id = call token @llvm.coro.id(i32 16, ptr %prom, ptr null, ptr null)
  %size = call i64 @llvm.coro.size.i64()
  %mem = call ptr @skn_frame_alloc(i64 %size)
  %h = call ptr @llvm.coro.begin(token %id, ptr %mem)
  call void @skn_frame_begin(ptr %h)
  store i64 0, ptr %prom
  %low = call zeroext i1 @skn_stack_low()
  br i1 %low, label %tolow, label %go, !prof !1
tolow:
  %s9 = call token @llvm.coro.save(ptr %h)
  %b9 = call i1 @llvm.coro.await.suspend.bool(ptr null, ptr %h, ptr @skn_await_stack)
  br i1 %b9, label %sus9, label %go
sus9:
  %x9 = call i8 @llvm.coro.suspend(token %s9, i1 false)
  switch i8 %x9, label %ret [ i8 0, label %go
                              i8 1, label %destroy ]
go:
  br i1 %leaf, label %leafyield, label %node
leafyield:
  %s8 = call token @llvm.coro.save(ptr %h)
  %b8 = call i1 @llvm.coro.await.suspend.bool(ptr null, ptr %h, ptr @skn_await_yield)
  br i1 %b8, label %sus8, label %yielded
sus8:
  %x8 = call i8 @llvm.coro.suspend(token %s8, i1 false)
  switch i8 %x8, label %ret [ i8 0, label %yielded
                              i8 1, label %destroy ]
yielded:
  %lr = call fastcc %ramp @leaf(i64 %n)
  %lh = extractvalue %ramp %lr, 0
  %lv = extractvalue %ramp %lr, 1
  %lok = icmp eq ptr %lh, null
  br i1 %lok, label %sum, label %unwind
node:
  %n1 = mul i64 %n, 2
  store i64 %n1, ptr %awt
  %s0 = call token @llvm.coro.save(ptr %h)
  %b0 = call i1 @llvm.coro.await.suspend.bool(ptr %awt, ptr %h, ptr @skn.spawn.tree)
  br i1 %b0, label %sus0, label %call
sus0:
  %x0 = call i8 @llvm.coro.suspend(token %s0, i1 false)
  switch i8 %x0, label %ret [ i8 0, label %call
                              i8 1, label %destroy ]
call:
  %n2 = add i64 %n1, 1
  %res = call fastcc %ramp @tree(i64 %n2)
  %ch = extractvalue %ramp %res, 0
  %v = extractvalue %ramp %res, 1
  %sync = icmp eq ptr %ch, null
  br i1 %sync, label %called, label %notsync, !prof !0
notsync:
  %chi = ptrtoint ptr %ch to i64
  %chb = and i64 %chi, 1
  %chp = icmp ne i64 %chb, 0
  br i1 %chp, label %bpanic, label %wait1
wait1:
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
  br i1 %okc, label %called, label %bpanic2, !prof !0
bpanic2:
  %stcm = and i64 %stc, -15
  %bp2 = inttoptr i64 %stcm to ptr
  br label %bpanic
called:
  %b = phi i64 [ %v, %call ], [ %vv, %r1 ]
  %tfp = getelementptr %spawn, ptr %awt, i32 0, i32 1
  %f = load ptr, ptr %tfp
  %inplace = icmp eq ptr %f, null
  br i1 %inplace, label %ti, label %tother, !prof !0
tother:
  %fi = ptrtoint ptr %f to i64
  %fb = and i64 %fi, 1
  %fp = icmp ne i64 %fb, 0
  br i1 %fp, label %apanic1, label %tf
ti:
  %tvp = getelementptr %spawn, ptr %awt, i32 0, i32 2
  %tv = load i64, ptr %tvp
  br label %sum
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
  %stf = load atomic i64, ptr %f acquire, align 8
  %rp = getelementptr i8, ptr %f, i64 8
  %rv = load i64, ptr %rp
  call preserve_mostcc void @skn_future_release(ptr %f, i64 16)
  %okf = icmp eq i64 %stf, 1
  br i1 %okf, label %sum, label %apanic2, !prof !0
apanic2:
  %stfm = and i64 %stf, -15
  %fp2 = inttoptr i64 %stfm to ptr
  br label %apanic
apanic1:
  br label %apanic
apanic:
  %ap = phi ptr [ %f, %apanic1 ], [ %fp2, %apanic2 ]
  br label %unwind
; The call panicked: the task is awaited before we go, and a second panic attached.
bpanic:
  %bp = phi ptr [ %ch, %notsync ], [ %bp2, %bpanic2 ]
  %tfq = getelementptr %spawn, ptr %awt, i32 0, i32 1
  %fq = load ptr, ptr %tfq
  %fqi = ptrtoint ptr %fq to i64
  %fq1 = and i64 %fqi, 1
  %fqn = icmp eq i64 %fqi, 0
  %fqt = icmp ne i64 %fq1, 0
  %fqd = or i1 %fqn, %fqt
  br i1 %fqd, label %drained, label %drain
drain:
  %stq = load atomic i64, ptr %fq acquire, align 8
  %isq1 = and i64 %stq, 1
  %isq = icmp ne i64 %isq1, 0
  br i1 %isq, label %drainend, label %drw
drw:
  %s3 = call token @llvm.coro.save(ptr %h)
  %b3 = call i1 @llvm.coro.await.suspend.bool(ptr %fq, ptr %h, ptr @skn_await_future)
  br i1 %b3, label %sus3, label %drainend
sus3:
  %x3 = call i8 @llvm.coro.suspend(token %s3, i1 false)
  switch i8 %x3, label %ret [ i8 0, label %drainend
                              i8 1, label %destroy ]
drainend:
  %sto = load atomic i64, ptr %fq acquire, align 8
  call preserve_mostcc void @skn_future_release(ptr %fq, i64 16)
  %second = icmp ne i64 %sto, 1
  %stop = inttoptr i64 %sto to ptr
  br i1 %second, label %attach, label %unwind
drained:
  br i1 %fqt, label %attach, label %unwind
attach:
  %other = phi ptr [ %stop, %drainend ], [ %fq, %drained ]
  call preserve_mostcc void @skn_panic_attach(ptr %bp, ptr %other)
  br label %unwind
unwind:
  %pp = phi ptr [ %lh, %yielded ], [ %ap, %apanic ], [ %bp, %drained ], [ %bp, %drainend ], [ %bp, %attach ]
  %fourth = urem i64 %n, 4
  %first = icmp eq i64 %fourth, 1
  %top = icmp ult i64 %n, 64
  %catches = or i1 %first, %top
  %inner = xor i1 %leaf, true
  %takes = and i1 %catches, %inner
  br i1 %takes, label %catch, label %pass
catch:
  call preserve_mostcc void @skn_panic_free(ptr %pp)
  br label %sum
pass:
  %ramp2 = call i1 @llvm.coro.is_in_ramp()
  br i1 %ramp2, label %psync, label %pasync
psync:
  %m3 = call ptr @llvm.coro.free(token %id, ptr %h)
  %sz3 = call i64 @llvm.coro.size.i64()
  call void @skn_frame_free(ptr %m3, i64 %sz3)
  br label %ret
pasync:
  %ppi = ptrtoint ptr %pp to i64
  %pp5 = or i64 %ppi, 5
  %sz4 = call i64 @llvm.coro.size.i64()
  %sz4t = trunc i64 %sz4 to i32
  %psz4 = getelementptr %promise, ptr %prom, i32 0, i32 1
  store i32 %sz4t, ptr %psz4
  call preserve_mostcc void @skn_frame_finish(ptr %h, i64 %pp5, i64 8)
  br label %ret
sum:
  %a = phi i64 [ %tv, %ti ], [ %rv, %fd ], [ 1000, %catch ], [ %lv, %yielded ]
  %bb = phi i64 [ %b, %ti ], [ %b, %fd ], [ 0, %catch ], [ 0, %yielded ]
  %r = add i64 %a, %bb
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
  store i64 %r, ptr %pres
  call preserve_mostcc void @skn_frame_finish(ptr %h, i64 1, i64 8)
  br label %ret
destroy:
  br label %ret
ret:
  %rh = phi ptr [ %h, %sus8 ], [ %h, %sus9 ], [ %h, %sus0 ], [ %h, %sus1 ], [ %h, %sus2 ], [ null, %donesync ], [ %h, %doneasync ], [ %h, %destroy ], [ %h, %sus3 ], [ %pp, %psync ], [ %h, %pasync ]
  %rr = phi i64 [ undef, %sus8 ], [ undef, %sus9 ], [ undef, %sus0 ], [ undef, %sus1 ], [ undef, %sus2 ], [ %r, %donesync ], [ undef, %doneasync ], [ undef, %destroy ], [ undef, %sus3 ], [ undef, %psync ], [ undef, %pasync ]
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
  %res = call fastcc %ramp @tree(i64 %n)
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
