" Ordo: made by editors/make.py from the tables of the language
if exists("b:current_syntax")
  finish
endif
syn case match
syn match ordoName /\<\h\w*'*/
syn keyword ordoDeclaration import const fn layer optimizer extern train
syn keyword ordoStatement scan for in if else assert minimize with new
syn match ordoStatement /\%(^\s*\|[{;]\s*\)\@<=\<\%(init\|data\|names\|gradient\|step\|eval\|best\|repeat\|move\|log\|skip\)\>\ze\s*\%([^=:.,(\[ ]\|$\)/
syn match ordoStatement /\%([])}0-9A-Za-z_'\"]\s\+\)\@<=\<\%(by\|patience\|to\|over\|per\|until\|reversed\|from\|at\|into\|frozen\|every\|through\|copy\|state\|when\|transpose\|part\|of\|times\|plus\)\>\ze\s\+[\"0-9A-Za-z_({]/
syn match ordoStatement /\%(}\|)\)\@<=\s*\<\%(frozen\|through\|reversed\)\>/
syn keyword ordoConstant true false inf nan
syn keyword ordoOperatorWord and or not
syn keyword ordoType bool i32 bf16 f32 f64 mask size
syn match ordoFunction /\<\%(abs\|all\|any\|argmax\|argmin\|argsort\|as_sequence\|as_set\|assign\|bernoulli\|ceil\|cholesky\|concat\|cos\|cummax\|cummin\|cumprod\|cumsum\|eigh\|erf\|exp\|expm1\|floor\|full\|grad\|gumbel\|index\|iota\|is_nan\|log\|log1p\|log_softmax\|logsumexp\|max\|mean\|min\|normal\|one_hot\|ones\|pad\|prod\|qr\|randint\|relu\|reshape\|reverse\|round\|rsqrt\|sigmoid\|sign\|sin\|softmax\|solve\|sort\|split\|sqrt\|stack\|stop_gradient\|sum\|svd\|take\|tanh\|transpose\|uniform\|weights\|where\|zeros\)\>\ze\s*[[(]/
syn match ordoNumber /\<\d\+\%(\.\d\+\)\?\%([eE][+-]\?\d\+\)\?\>/
syn match ordoOperator /\.\.\|->\|\*\*\|==\|!=\|<=\|>=\|=\|\~\|+\|-\|\*\|\/\|@\|%\|<\|>/
syn region ordoString start=/\"/ skip=/\\./ end=/\"/ oneline contains=ordoEscape
syn match ordoEscape /\\\%([ntr\\\"]\|u{\x\+}\)/ contained
syn match ordoComment /#.*/ contains=@Spell
hi def link ordoDeclaration Keyword
hi def link ordoStatement Statement
hi def link ordoConstant Constant
hi def link ordoOperatorWord Operator
hi def link ordoType Type
hi def link ordoFunction Function
hi def link ordoNumber Number
hi def link ordoOperator Operator
hi def link ordoString String
hi def link ordoEscape SpecialChar
hi def link ordoComment Comment
let b:current_syntax = "ordo"
