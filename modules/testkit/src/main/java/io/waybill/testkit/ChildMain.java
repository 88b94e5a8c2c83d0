package io.waybill.testkit;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Objects;

/**
 * The main class of every child JVM: runs the asked main class, and ends the JVM when standard
 * input closes, which happens when the parent goes, even by SIGKILL.
 */
final class ChildMain {
  private ChildMain() {}

  /** {@code args}: the main class, then its own arguments. */
  public static void main(String[] args) throws Throwable {
    Thread.ofPlatform().daemon().name("parent-watch").start(ChildMain::endWithTheParent);
    // A test names any class of its class path, so there is no way but reflection.
    Method main = Class.forName(args[0]).getDeclaredMethod("main", String[].class);
    main.setAccessible(true);
    try {
      main.invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
    } catch (InvocationTargetException e) {
      Objects.requireNonNullElse(e.getCause(), e).printStackTrace();
      Runtime.getRuntime().exit(1);
    }
  }

  private static void endWithTheParent() {
    try {
      while (System.in.read() >= 0) {
        // The parent sends nothing.
      }
    } catch (IOException e) {
      // As good as closed.
    }
    Runtime.getRuntime().halt(3);
  }
}
