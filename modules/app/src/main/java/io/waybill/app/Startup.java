package io.waybill.app;

import io.waybill.app.cli.CliException;
import io.waybill.secrets.KeysetException;
import java.util.function.Supplier;

/** Tells what an operator can mend from a bug, while a process starts. */
final class Startup {
  private Startup() {}

  /**
   * Runs one step of a start.
   *
   * @throws CliException in the words of the step, when something outside is not as it must be
   */
  static <T> T explained(Supplier<T> step) {
    try {
      return step.get();
    } catch (IllegalArgumentException | KeysetException e) {
      throw CliException.usage(String.valueOf(e.getMessage()), e);
    } catch (KafkaProblem e) {
      throw CliException.unreachable(String.valueOf(e.getMessage()), e);
    } catch (IllegalStateException e) {
      throw CliException.failed(String.valueOf(e.getMessage()));
    }
  }
}
