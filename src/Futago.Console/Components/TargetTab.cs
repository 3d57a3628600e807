namespace Futago.Console.Components;

/// <summary>Tabs of a target's page, by their URL segments.</summary>
public enum TargetTab { Luns, Access, Chap, Sessions, Statistics, Details, Connect }
