package io.waybill.app.cli;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.Outcome;
import io.waybill.domain.RawJson;
import io.waybill.secrets.Keyset;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Tries the way to a destination with the code that senders use, in this process. Given by whoever
 * has that code; used by one thread, which it may block for the destination's time-out.
 */
public interface ConnectionTester {

  /**
   * What the operator allows the senders, so that the test is judged by the same rules.
   *
   * @param configFile the senders' own, which then says all of it
   * @param allowCidrs networks, where there is no such file
   * @param allowUnencryptedSmtp mail servers without TLS, where there is no such file
   */
  record Operator(
      Optional<Path> configFile, List<String> allowCidrs, List<String> allowUnencryptedSmtp) {
    public Operator {
      allowCidrs = List.copyOf(allowCidrs);
      allowUnencryptedSmtp = List.copyOf(allowUnencryptedSmtp);
    }
  }

  /**
   * What to try.
   *
   * @param keyset absent when the destination has no credentials
   * @param data of the test event
   * @param delivers whether a mail or an object may be made, where nothing is needed to try the way
   */
  record Test(
      Destination destination,
      DestinationSecrets secrets,
      Optional<Keyset> keyset,
      Operator operator,
      RawJson data,
      boolean delivers) {}

  /**
   * What came of it.
   *
   * @param rules by which addresses were judged and how they were reached, in words
   */
  record Result(Outcome outcome, List<String> rules) {
    public Result {
      rules = List.copyOf(rules);
    }
  }

  /**
   * Tries it.
   *
   * @throws CliException when the operator's settings cannot be read
   */
  Result run(Test test);
}
