package io.waybill.domain;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes the seeds of a target into files, where a fuzzer looks for them: see bin/fuzz. */
final class FuzzSeeds {
  private FuzzSeeds() {}

  public static void main(String[] args) throws IOException, ReflectiveOperationException {
    // Which class is only said on the command line, so there is no other way to its field.
    Field field = Class.forName(args[0]).getDeclaredField("SEEDS");
    field.setAccessible(true);
    List<?> seeds = (List<?>) field.get(null);
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(Path.of(args[1], "seed-" + i), (byte[]) seeds.get(i));
    }
  }
}
