/* ordo train: a training program, with progress, metrics, checkpoints. */
#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/bugs.h"
#include "cli/cli.h"
#include "app/ranks.h"
#include "app/train.h"

/* Set by Ctrl-C, a polite kill and the end of a terminal: the run ends after the current step
 * with a checkpoint. */
static volatile sig_atomic_t stop_asked;

static void ask_stop(int sig) {
  bugs_interrupted(sig); /* no step runs yet */
  stop_asked = 1;
  signal(sig, SIG_DFL); /* a second one ends at once */
}

/* nohup's wish to go on without a terminal is respected; a closed pipe ends no run. */
static void catch_signals(void) {
  signal(SIGINT, ask_stop);
  signal(SIGTERM, ask_stop);
  if (signal(SIGHUP, ask_stop) == SIG_IGN) signal(SIGHUP, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
}

/* "runs/sort-sort" for program 'sort' of models/sort.ordo; "runs/sort" when both have one name. */
static const char *default_folder(Cli *cli, const char *program) {
  const char *model = cli->args.data[0], *slash = strrchr(model, '/');
  if (slash) model = slash + 1;
  size_t n = strlen(model);
  if (n > 5 && !strcmp(model + n - 5, ".ordo")) n -= 5;
  const char *name = ctx_printf(cli->ctx, "%.*s", (int)n, model);
  return strcmp(name, program) ? ctx_printf(cli->ctx, "runs/%s-%s", name, program)
                               : ctx_printf(cli->ctx, "runs/%s", name);
}

static TrainOptions options_given(Cli *cli, const TrainProgram *program, Ranks *ranks) {
  TrainOptions options = train_options();
  options.folder =
      opt_text(cli, OPT_out_folder, default_folder(cli, ctx_text(cli->ctx, program->name)));
  options.model = models_find(cli->ctx, &cli->dirs, cli->args.data[0]);
  options.tensorboard = opt_flag(cli, OPT_tensorboard);
  options.steps = opt_int(cli, OPT_steps, -1);
  options.seed = opt_int(cli, OPT_seed, -1);
  options.resume = opt_flag(cli, OPT_resume);
  options.changed = opt_flag(cli, OPT_changed);
  options.checkpoint_every = opt_int(cli, OPT_checkpoint_every, 500);
  options.log_every = opt_int(cli, OPT_log_every, 10);
  options.compile = compile_options_given(cli);
  options.plugins = cli->given[OPT_plugin].data;
  options.n_plugins = cli->given[OPT_plugin].len;
  options.progress = opt_flag(cli, OPT_quiet) ? NULL : stderr;
  options.terminal = isatty(STDERR_FILENO);
  options.stop = &stop_asked;
  options.shards = opt_int(cli, OPT_shards, 0);
  options.ranks = ranks;
  return options;
}

static json_t *json_number(double value) {
  json_t *number = json_real(value); /* NULL for nan and infinities: as text then */
  return number ? number : json_string(isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
}

static json_t *to_json(const TrainOptions *options, const TrainResult *result) {
  json_t *values = json_array();
  for (uint32_t i = 0; i < result->n_values; i++) {
    const struct TrainValue *value = &result->values[i];
    json_array_append_new(values, json_pack("{s:s, s:s, s:o}", "section", value->section, "name",
                                            value->name, "value", json_number(value->value)));
  }
  json_t *best = json_null();
  if (result->has_best)
    best = json_pack("{s:s, s:o, s:I}", "name", result->best_name, "value",
                     json_number(result->best), "step", (json_int_t)result->best_step);
  return json_pack("{s:s, s:I, s:b, s:b, s:f, s:f, s:f, s:f, s:I, s:I, s:o, s:o}", "folder",
                   options->folder, "step", (json_int_t)result->step, "stopped", result->stopped,
                   "complete", result->complete, "compile_seconds", result->compile_seconds,
                   "run_seconds", result->run_seconds, "seconds_per_step", result->seconds_per_step,
                   "fastest_step", result->fastest_step, "planned_bytes",
                   (json_int_t)result->planned_bytes, "peak_bytes", (json_int_t)result->peak_bytes,
                   "best", best, "values", values);
}

/* The table of last values, and where things are. */
static void put_summary(Cli *cli, const TrainOptions *options, const TrainResult *result,
                        Text *out) {
  if (result->complete) {
    text_printf(out, "%s was complete after %lld steps: nothing is done (--steps N goes on)\n",
                options->folder, (long long)result->step);
    return;
  }
  if (opt_flag(cli, OPT_time)) {
    phases_print(&cli->phases, out);
    text_printf(out, "memory             %.0f MB planned, %.0f reached\n",
                (double)result->planned_bytes / 1e6, (double)result->peak_bytes / 1e6);
  }
  if (result->profile) text_puts(out, result->profile);
  const char *section = "";
  for (uint32_t i = 0; i < result->n_values; i++) {
    const struct TrainValue *value = &result->values[i];
    bool first = strcmp(section, value->section) != 0;
    Text name = text_new(out->arena);
    text_put_escaped(&name, value->name, strlen(value->name), "");
    text_printf(out, "%-12s %-16s %.6g\n", first ? value->section : "", text_str(&name),
                value->value);
    section = value->section;
  }
  if (result->has_best)
    text_printf(out, "%-12s %-16s %.6g at step %lld\n", "best", result->best_name, result->best,
                (long long)result->best_step);
  text_printf(out,
              "%s after %lld steps: compiled in %.2f s, %.3g ms a step\n%s/checkpoint.safetensors, "
              "%smetrics.jsonl\n",
              result->stopped           ? "stopped"
              : result->out_of_patience ? "no better for long, ended"
                                        : "done",
              (long long)result->step, result->compile_seconds, 1000 * result->seconds_per_step,
              options->folder, result->has_best ? "best.safetensors, " : "");
}

static bool report(Cli *cli, const TrainOptions *options, const TrainResult *result) {
  Text out = cli_text(cli);
  if (opt_flag(cli, OPT_json)) {
    json_t *json = to_json(options, result);
    put_json(&out, json);
    json_decref(json);
  } else {
    put_summary(cli, options, result, &out);
  }
  return put_out(cli, &out);
}

static bool train(Cli *cli, Compile *c, Ranks *ranks) {
  if (!ranks_good(ranks, start_engine(cli, c))) return false;
  catch_signals();
  TrainOptions options = options_given(cli, c->training, ranks);
  options.corpus = &c->corpus;
  options.phases = c->phases;
  TrainResult result;
  return train_run(cli->ctx, c->engine, c->training, &options, &result) &&
         (cli->silent || report(cli, &options, &result));
}

/* With others: they begin before anything else is done, and of what is wrong one tells. */
static bool train_together(Cli *cli, Compile *c, Ranks *ranks) {
  DiagMark nothing = diag_mark(cli->ctx);
  cli->silent = ranks->rank > 0;
  bool good = ranks_good(ranks, (cli->silent || trace_begin(cli)) && compile(c, PHASE_check));
  good = good && train(cli, c, ranks);
  if (!good && !cli->ctx->diags.errors) ranks_here(cli->ctx, ranks);
  bool silent = good ? cli->silent : ranks_silent(ranks); /* warnings are the same for all */
  if (silent) diag_rollback(cli->ctx, nothing);
  if (ranks_any(ranks) && !good) put_diagnostics(cli); /* before the others end */
  ranks_close(ranks, good);
  return good;
}

int cmd_train(Cli *cli) {
  Compile c = compile_given(cli, cli->args.data[0], COMPILE_training);
  if (cli->args.len > 1) c.name = cli->args.data[1];
  Ranks ranks = {0};
  bool good;
  if (opt_flag(cli, OPT_stop_after))
    good = trace_begin(cli) && compile(&c, PHASE_check) && put_after_passes(cli, &c);
  else
    good =
        ranks_open(cli->ctx, opt_int(cli, OPT_ranks, 0), &ranks) && train_together(cli, &c, &ranks);
  compile_free(&c);
  engine_free(c.engine);
  return trace_end(cli) && good ? exit_code(cli) : EXIT_USER;
}
