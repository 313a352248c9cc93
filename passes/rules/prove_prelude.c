/* What the texts of all proofs use: ops that SMT-LIB has no name for, as ir/scalar.def has them. */
#include "passes/rules/prove.h"

static const char prelude[] =
    "(declare-sort Any 0)\n"
    "(define-sort F32 () (_ FloatingPoint 8 24))\n"
    "(define-sort F64 () (_ FloatingPoint 11 53))\n"
    /* whole numbers of 32 bits */
    "(define-fun i_abs ((x (_ BitVec 32))) (_ BitVec 32) (ite (bvslt x #x00000000) (bvneg x) x))\n"
    "(define-fun i_sign ((x (_ BitVec 32))) (_ BitVec 32) (ite (bvslt x #x00000000) #xffffffff "
    "(ite (= x #x00000000) #x00000000 #x00000001)))\n"
    "(define-fun i_max ((x (_ BitVec 32)) (y (_ BitVec 32))) (_ BitVec 32) "
    "(ite (bvsgt x y) x y))\n"
    "(define-fun i_min ((x (_ BitVec 32)) (y (_ BitVec 32))) (_ BitVec 32) "
    "(ite (bvslt x y) x y))\n"
    "(define-fun i_div ((x (_ BitVec 32)) (y (_ BitVec 32))) (_ BitVec 32) "
    "(ite (= y #x00000000) #x00000000 (let ((q (bvsdiv x y))) (ite (and (distinct (bvmul q y) x) "
    "(distinct (bvslt x #x00000000) (bvslt y #x00000000))) (bvsub q #x00000001) q))))\n"
    /* real numbers */
    "(define-fun r_abs ((x Real)) Real (ite (< x 0.0) (- x) x))\n"
    "(define-fun r_sign ((x Real)) Real (ite (< x 0.0) (- 1.0) (ite (= x 0.0) 0.0 1.0)))\n"
    "(define-fun r_max ((x Real) (y Real)) Real (ite (> x y) x y))\n"
    "(define-fun r_min ((x Real) (y Real)) Real (ite (< x y) x y))\n"
    "(define-fun r_floor ((x Real)) Real (to_real (to_int x)))\n"
    "(define-fun r_ceil ((x Real)) Real (- (r_floor (- x))))\n"
    "(define-fun r_round ((x Real)) Real (let ((f (to_int x))) (let ((d (- x (to_real f)))) "
    "(to_real (ite (< d 0.5) f (ite (> d 0.5) (+ f 1) (ite (= (mod f 2) 0) f (+ f 1))))))))\n"
    "(declare-fun r_exp (Real) Real)\n"
    "(declare-fun r_log (Real) Real)\n"
    "(declare-fun r_sqrt (Real) Real)\n"
    "(declare-fun r_cos (Real) Real)\n"
    "(declare-fun r_tanh (Real) Real)\n"
    "(declare-fun r_pow (Real Real) Real)\n"
    "(define-fun r_expm1 ((x Real)) Real (- (r_exp x) 1.0))\n"
    "(define-fun r_log1p ((x Real)) Real (r_log (+ 1.0 x)))\n"
    "(define-fun r_rsqrt ((x Real)) Real (/ 1.0 (r_sqrt x)))\n"
    "(define-fun r_sigmoid ((x Real)) Real (/ 1.0 (+ 1.0 (r_exp (- x)))))\n"
    /* what rules that may round keep */
    "(define-fun tiny32 () F32 ((_ to_fp 8 24) RNE (/ 1.0 1000000000000000.0)))\n"
    "(define-fun huge32 () F32 ((_ to_fp 8 24) RNE 1000000000000000.0))\n"
    "(define-fun tiny64 () F64 ((_ to_fp 11 53) RNE (/ 1.0 1000000000000000.0)))\n"
    "(define-fun huge64 () F64 ((_ to_fp 11 53) RNE 1000000000000000.0))\n"
    "(define-fun admitted ((x F32)) Bool (or (fp.isNaN x) (fp.isInfinite x) (fp.isZero x) "
    "(and (fp.leq tiny32 (fp.abs x)) (fp.leq (fp.abs x) huge32))))\n"
    "(define-fun same_class ((x F32) (y F32)) Bool (and (= (fp.isNaN x) (fp.isNaN y)) "
    "(= (fp.isZero x) (fp.isZero y)) (= (fp.isInfinite x) (fp.isInfinite y)) "
    "(=> (fp.isInfinite x) (= x y))))\n";

/* The same of floats of each width. */
#define FLOATS(F, EXP, SIG, REST, LAST, TOP, MOST)                                                 \
  "(define-fun f_sign ((x " F ")) " F " (ite (fp.gt x (_ +zero " EXP " " SIG ")) ((_ to_fp " EXP   \
  " " SIG ") RNE 1.0) (ite (fp.lt x (_ +zero " EXP " " SIG ")) ((_ to_fp " EXP " " SIG             \
  ") RNE (- 1.0)) (_ +zero " EXP " " SIG "))))\n"                                                  \
  "(define-fun f_max ((x " F ") (y " F ")) " F                                                     \
  " (ite (fp.isNaN x) x (ite (fp.isNaN y) y (ite (fp.gt x y) x y))))\n"                            \
  "(define-fun f_min ((x " F ") (y " F ")) " F                                                     \
  " (ite (fp.isNaN x) x (ite (fp.isNaN y) y (ite (fp.lt x y) x y))))\n"                            \
  "(define-fun f_ne ((x " F ") (y " F ")) Bool (not (fp.eq x y)))\n"                               \
  "(declare-fun f_exp (" F ") " F ")\n"                                                            \
  "(declare-fun f_pow (" F " " F ") " F ")\n"                                                      \
  "(define-fun f_rsqrt ((x " F ")) " F " (fp.div RNE ((_ to_fp " EXP " " SIG                       \
  ") RNE 1.0) (fp.sqrt RNE x)))\n"                                                                 \
  "(define-fun pow_laws ((x " F ") (n " F ") (y " F ")) Bool (let ((one ((_ to_fp " EXP " " SIG    \
  ") RNE 1.0))) (and (=> (fp.isZero n) (= y one)) (=> (= x one) (= y one)) "                       \
  "(=> (= n one) (= y x)))))\n"                                                                    \
  "(define-fun power_of_two ((x " F ")) Bool (let ((b (fp.to_ieee_bv x))) (and "                   \
  "(= ((_ extract " LAST " 0) b) (_ bv0 " REST ")) (bvuge ((_ extract " TOP ") b) (_ bv1 " EXP     \
  ")) (bvule ((_ extract " TOP ") b) (_ bv" MOST " " EXP ")))))\n"

static const char floats32[] = FLOATS("F32", "8", "24", "23", "22", "30 23", "252");
static const char floats64[] = FLOATS("F64", "11", "53", "52", "51", "62 52", "2044");
#undef FLOATS

const char *rule_prelude(void) { return prelude; }

const char *rule_prelude_of(RuleDomain domain) {
  return domain == DOMAIN_f64                             ? floats64
         : domain == DOMAIN_f32 || domain == DOMAIN_class ? floats32
                                                          : "";
}
